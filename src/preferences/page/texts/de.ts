import type { PageTexts } from './page-texts';

export const de: PageTexts = {
  channels: { EMAIL: 'E-Mail', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'Ihre Nachrichten von {sender}',
    who: 'Diese Einstellungen gelten für {address} ({channel}).',
    unsubscribe: 'Abmelden',
    unsubscribeHint: 'Ein Klick genügt. Sie brauchen weder Konto noch Passwort.',
    stopTopic: '„{topic}“ abbestellen',
    stopAll: 'Alle Werbung abbestellen',
    topics: 'Was Sie erhalten möchten',
    topicsHint: 'Wählen Sie aus, was {sender} Ihnen senden darf.',
    alwaysOn: 'Immer an, weil Sie diese Nachrichten brauchen, zum Beispiel zu einer Bestellung oder Ihrem Konto.',
    levels: 'Wie viel kommen darf',
    chosen: { label: 'Alle Nachrichten', hint: 'Auch Werbung, soweit Sie sie oben ausgewählt haben.' },
    noMarketing: { label: 'Keine Werbung', hint: 'Nur was Sie betrifft: Bestellungen, Termine, Ihr Konto.' },
    nothing: { label: 'Gar keine Nachrichten', hint: 'Auch keine Bestätigungen und keine Sicherheitscodes.' },
    save: 'Speichern',
    help: 'Dieser Link ist nur für Sie. Wer ihn hat, kann diese Einstellungen ändern; geben Sie ihn nicht weiter.',
  },
  done: {
    saved: 'Gespeichert. Was Sie unten sehen, gilt ab jetzt.',
    stoppedTopic: 'Sie sind abgemeldet: kein „{topic}“ mehr an diese Adresse.',
    stoppedAll: 'Sie sind abgemeldet: keine Werbung mehr an diese Adresse.',
    onItsWay: 'Eine Nachricht, die schon unterwegs ist, kann noch ankommen.',
    confirmed: 'Vielen Dank, das ist bestätigt.',
    alreadyConfirmed: 'Dieser Link wurde schon benutzt. Es wurde nichts geändert.',
  },
  locks: {
    complained: 'Sie haben eine Nachricht als unerwünscht gemeldet. An diese Adresse wird nichts gesendet.',
    bounced: 'Nachrichten an diese Adresse kamen zurück. An sie wird nichts gesendet.',
    stopped: '{sender} sendet nichts an diese Adresse. Wenden Sie sich an {sender}, um das zu ändern.',
    noMarketing: '{sender} sendet keine Werbung an diese Adresse. Wenden Sie sich an {sender}, um das zu ändern.',
  },
  confirm: {
    title: 'Bitte bestätigen',
    topic: 'Möchten Sie „{topic}“ von {sender} an {address} ({channel}) erhalten?',
    all: 'Möchten Sie Neuigkeiten und Angebote von {sender} an {address} ({channel}) erhalten?',
    yes: 'Ja, das möchte ich',
    ignore: 'Wenn Sie nicht darum gebeten haben, schließen Sie diese Seite: Dann geschieht nichts.',
  },
  faults: {
    unknown: {
      title: 'Dieser Link funktioniert nicht',
      text: 'Er ist nicht vollständig oder abgelaufen. Öffnen Sie ihn noch einmal aus der Nachricht, oder fragen Sie den Absender.',
    },
    invalid: {
      title: 'Das konnten wir nicht lesen',
      text: 'Es wurde nichts geändert. Bitte öffnen Sie den Link aus Ihrer Nachricht noch einmal.',
    },
    busy: {
      title: 'Zu viele Anfragen',
      text: 'Es wurde nichts geändert. Bitte versuchen Sie es in einer Minute noch einmal.',
    },
    fault: {
      title: 'Etwas ist schiefgegangen',
      text: 'Es wurde nichts geändert. Bitte versuchen Sie es später noch einmal.',
    },
  },
  mail: {
    subject: 'Bitte bestätigen: Nachrichten von {sender}',
    topic:
      'Jemand hat uns gebeten, „{topic}“ von {sender} an diese Adresse zu senden. Möchten Sie das? Dann bestätigen Sie es hier:',
    all: 'Jemand hat uns gebeten, Neuigkeiten und Angebote von {sender} an diese Adresse zu senden. Möchten Sie das? Dann bestätigen Sie es hier:',
    ignore: 'Wenn Sie nicht darum gebeten haben, beachten Sie diese Nachricht nicht: Dann erhalten Sie nichts.',
  },
};
