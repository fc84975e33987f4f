import type { PageTexts } from './page-texts';

export const pl: PageTexts = {
  channels: { EMAIL: 'e-mail', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'Twoje wiadomości od {sender}',
    who: 'Te ustawienia dotyczą adresu {address} ({channel}).',
    unsubscribe: 'Wypisz się',
    unsubscribeHint: 'Wystarczy jedno kliknięcie. Nie potrzebujesz konta ani hasła.',
    stopTopic: 'Nie chcę już „{topic}”',
    stopAll: 'Nie chcę już reklam',
    topics: 'Co chcesz otrzymywać',
    topicsHint: 'Zaznacz, co {sender} może Ci wysyłać.',
    alwaysOn: 'Zawsze włączone, bo potrzebujesz tych wiadomości, na przykład o zamówieniu lub koncie.',
    levels: 'Ile może przychodzić',
    chosen: { label: 'Wszystkie wiadomości', hint: 'Także reklamy, jeśli zaznaczono je powyżej.' },
    noMarketing: { label: 'Bez reklam', hint: 'Tylko to, co Ciebie dotyczy: zamówienia, terminy, konto.' },
    nothing: { label: 'Żadnych wiadomości', hint: 'Nawet potwierdzeń i kodów bezpieczeństwa.' },
    save: 'Zapisz',
    help: 'Ten link jest tylko dla Ciebie. Kto go ma, może zmienić te ustawienia, więc nie przekazuj go dalej.',
  },
  done: {
    saved: 'Zapisano. To, co widzisz poniżej, już obowiązuje.',
    stoppedTopic: 'Wypisano: na ten adres nie przyjdzie już „{topic}”.',
    stoppedAll: 'Wypisano: na ten adres nie przyjdą już reklamy.',
    onItsWay: 'Wiadomość, która jest już w drodze, może jeszcze dotrzeć.',
    confirmed: 'Dziękujemy, potwierdzono.',
    alreadyConfirmed: 'Tego linku już użyto. Nic nie zmieniono.',
  },
  locks: {
    complained: 'Zgłoszono wiadomość jako niechcianą, więc na ten adres nic nie jest wysyłane.',
    bounced: 'Wiadomości na ten adres wracały, więc nic na niego nie jest wysyłane.',
    stopped: '{sender} nie wysyła nic na ten adres. Aby to zmienić, skontaktuj się z {sender}.',
    noMarketing: '{sender} nie wysyła reklam na ten adres. Aby to zmienić, skontaktuj się z {sender}.',
  },
  confirm: {
    title: 'Prosimy o potwierdzenie',
    topic: 'Czy chcesz otrzymywać „{topic}” od {sender} na {address} ({channel})?',
    all: 'Czy chcesz otrzymywać nowości i oferty od {sender} na {address} ({channel})?',
    yes: 'Tak, chcę',
    ignore: 'Jeśli to nie Twoja prośba, zamknij tę stronę: nic się nie stanie.',
  },
  faults: {
    unknown: {
      title: 'Ten link nie działa',
      text: 'Jest niepełny albo wygasł. Otwórz go ponownie z wiadomości lub zapytaj nadawcę.',
    },
    invalid: {
      title: 'Nie udało się tego odczytać',
      text: 'Nic nie zmieniono. Otwórz ponownie link z wiadomości.',
    },
    busy: { title: 'Zbyt wiele żądań', text: 'Nic nie zmieniono. Spróbuj ponownie za minutę.' },
    fault: { title: 'Coś poszło nie tak', text: 'Nic nie zmieniono. Spróbuj ponownie później.' },
  },
  mail: {
    subject: 'Prosimy o potwierdzenie: wiadomości od {sender}',
    topic: 'Ktoś poprosił o wysyłanie „{topic}” od {sender} na ten adres. Chcesz tego? Potwierdź tutaj:',
    all: 'Ktoś poprosił o wysyłanie nowości i ofert od {sender} na ten adres. Chcesz tego? Potwierdź tutaj:',
    ignore: 'Jeśli to nie Twoja prośba, zignoruj tę wiadomość: nic nie otrzymasz.',
  },
};
