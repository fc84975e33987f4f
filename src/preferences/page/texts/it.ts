import type { PageTexts } from './page-texts';

export const it: PageTexts = {
  channels: { EMAIL: 'e-mail', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'I Suoi messaggi da {sender}',
    who: 'Queste impostazioni valgono per {address} ({channel}).',
    unsubscribe: 'Annulla l’iscrizione',
    unsubscribeHint: 'Basta un clic. Non servono né account né password.',
    stopTopic: 'Non ricevere più «{topic}»',
    stopAll: 'Non ricevere più pubblicità',
    topics: 'Che cosa desidera ricevere',
    topicsHint: 'Selezioni ciò che {sender} può inviarLe.',
    alwaysOn: 'Sempre attivo, perché questi messaggi Le servono, per esempio per un ordine o per il Suo account.',
    levels: 'Quanto può arrivare',
    chosen: { label: 'Tutti i messaggi', hint: 'Anche la pubblicità, per quanto selezionato sopra.' },
    noMarketing: {
      label: 'Niente pubblicità',
      hint: 'Solo ciò che La riguarda: ordini, appuntamenti, il Suo account.',
    },
    nothing: { label: 'Nessun messaggio', hint: 'Nemmeno conferme o codici di sicurezza.' },
    save: 'Salva',
    help: 'Questo link è solo per Lei. Chi lo possiede può cambiare queste impostazioni; non lo inoltri.',
  },
  done: {
    saved: 'Salvato. Ciò che vede sotto è ora in vigore.',
    stoppedTopic: 'Iscrizione annullata: niente più «{topic}» a questo indirizzo.',
    stoppedAll: 'Iscrizione annullata: niente più pubblicità a questo indirizzo.',
    onItsWay: 'Un messaggio già in viaggio può ancora arrivare.',
    confirmed: 'Grazie, è confermato.',
    alreadyConfirmed: 'Questo link è già stato usato. Non è stato cambiato nulla.',
  },
  locks: {
    complained: 'Ha segnalato un messaggio come indesiderato. A questo indirizzo non si invia nulla.',
    bounced: 'I messaggi a questo indirizzo sono tornati indietro. Non vi si invia nulla.',
    stopped: '{sender} non invia nulla a questo indirizzo. Per cambiarlo, si rivolga a {sender}.',
    noMarketing: '{sender} non invia pubblicità a questo indirizzo. Per cambiarlo, si rivolga a {sender}.',
  },
  confirm: {
    title: 'Si prega di confermare',
    topic: 'Desidera ricevere «{topic}» da {sender} a {address} ({channel})?',
    all: 'Desidera ricevere novità e offerte da {sender} a {address} ({channel})?',
    yes: 'Sì, lo desidero',
    ignore: 'Se non lo ha chiesto, chiuda questa pagina: non accadrà nulla.',
  },
  faults: {
    unknown: {
      title: 'Questo link non funziona',
      text: 'Non è completo o è scaduto. Lo apra di nuovo dal messaggio o chieda al mittente.',
    },
    invalid: {
      title: 'Non siamo riusciti a leggerlo',
      text: 'Non è stato cambiato nulla. Apra di nuovo il link dal Suo messaggio.',
    },
    busy: { title: 'Troppe richieste', text: 'Non è stato cambiato nulla. Riprovi tra un minuto.' },
    fault: { title: 'Qualcosa è andato storto', text: 'Non è stato cambiato nulla. Riprovi più tardi.' },
  },
  mail: {
    subject: 'Si prega di confermare: messaggi da {sender}',
    topic:
      'Qualcuno ci ha chiesto di inviare «{topic}» da {sender} a questo indirizzo. Lo desidera? Allora lo confermi qui:',
    all: 'Qualcuno ci ha chiesto di inviare novità e offerte da {sender} a questo indirizzo. Lo desidera? Allora lo confermi qui:',
    ignore: 'Se non lo ha chiesto, ignori questo messaggio: non riceverà nulla.',
  },
};
