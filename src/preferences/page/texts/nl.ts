import type { PageTexts } from './page-texts';

export const nl: PageTexts = {
  channels: { EMAIL: 'e-mail', SMS: 'sms', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'Uw berichten van {sender}',
    who: 'Deze instellingen gelden voor {address} ({channel}).',
    unsubscribe: 'Afmelden',
    unsubscribeHint: 'Eén klik is genoeg. U hebt geen account en geen wachtwoord nodig.',
    stopTopic: 'Geen ‘{topic}’ meer',
    stopAll: 'Geen reclame meer',
    topics: 'Wat u wilt ontvangen',
    topicsHint: 'Vink aan wat {sender} u mag sturen.',
    alwaysOn: 'Altijd aan, omdat u deze berichten nodig hebt, bijvoorbeeld over een bestelling of uw account.',
    levels: 'Hoeveel er mag komen',
    chosen: { label: 'Alle berichten', hint: 'Ook reclame, voor zover u die hierboven hebt aangevinkt.' },
    noMarketing: { label: 'Geen reclame', hint: 'Alleen wat u aangaat: bestellingen, afspraken, uw account.' },
    nothing: { label: 'Helemaal geen berichten', hint: 'Ook geen bevestigingen of beveiligingscodes.' },
    save: 'Opslaan',
    help: 'Deze link is alleen voor u. Wie hem heeft, kan deze instellingen wijzigen; geef hem niet door.',
  },
  done: {
    saved: 'Opgeslagen. Wat u hieronder ziet, geldt vanaf nu.',
    stoppedTopic: 'U bent afgemeld: geen ‘{topic}’ meer naar dit adres.',
    stoppedAll: 'U bent afgemeld: geen reclame meer naar dit adres.',
    onItsWay: 'Een bericht dat al onderweg is, kan nog aankomen.',
    confirmed: 'Dank u, dit is bevestigd.',
    alreadyConfirmed: 'Deze link is al gebruikt. Er is niets gewijzigd.',
  },
  locks: {
    complained: 'U hebt een bericht als ongewenst gemeld. Naar dit adres wordt niets gestuurd.',
    bounced: 'Berichten naar dit adres kwamen terug. Er wordt niets naartoe gestuurd.',
    stopped: '{sender} stuurt niets naar dit adres. Neem contact op met {sender} om dat te wijzigen.',
    noMarketing: '{sender} stuurt geen reclame naar dit adres. Neem contact op met {sender} om dat te wijzigen.',
  },
  confirm: {
    title: 'Bevestig dit alstublieft',
    topic: 'Wilt u ‘{topic}’ van {sender} ontvangen op {address} ({channel})?',
    all: 'Wilt u nieuws en aanbiedingen van {sender} ontvangen op {address} ({channel})?',
    yes: 'Ja, dat wil ik',
    ignore: 'Hebt u hier niet om gevraagd? Sluit dan deze pagina: er gebeurt niets.',
  },
  faults: {
    unknown: {
      title: 'Deze link werkt niet',
      text: 'Hij is niet volledig of verlopen. Open hem opnieuw vanuit het bericht of vraag het de afzender.',
    },
    invalid: {
      title: 'Dat konden we niet lezen',
      text: 'Er is niets gewijzigd. Open de link in uw bericht opnieuw.',
    },
    busy: { title: 'Te veel verzoeken', text: 'Er is niets gewijzigd. Probeer het over een minuut opnieuw.' },
    fault: { title: 'Er ging iets mis', text: 'Er is niets gewijzigd. Probeer het later opnieuw.' },
  },
  mail: {
    subject: 'Bevestig alstublieft: berichten van {sender}',
    topic:
      'Iemand heeft ons gevraagd ‘{topic}’ van {sender} naar dit adres te sturen. Wilt u dat? Bevestig het dan hier:',
    all: 'Iemand heeft ons gevraagd nieuws en aanbiedingen van {sender} naar dit adres te sturen. Wilt u dat? Bevestig het dan hier:',
    ignore: 'Hebt u hier niet om gevraagd? Negeer dan dit bericht: u ontvangt niets.',
  },
};
