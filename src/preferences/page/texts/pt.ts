import type { PageTexts } from './page-texts';

export const pt: PageTexts = {
  channels: { EMAIL: 'e-mail', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'As suas mensagens de {sender}',
    who: 'Estas definições são para {address} ({channel}).',
    unsubscribe: 'Cancelar a subscrição',
    unsubscribeHint: 'Basta um clique. Não precisa de conta nem de palavra-passe.',
    stopTopic: 'Não receber mais «{topic}»',
    stopAll: 'Não receber mais publicidade',
    topics: 'O que deseja receber',
    topicsHint: 'Assinale o que {sender} lhe pode enviar.',
    alwaysOn: 'Sempre ativo, porque precisa destas mensagens, por exemplo sobre uma encomenda ou a sua conta.',
    levels: 'Quanto pode chegar',
    chosen: { label: 'Todas as mensagens', hint: 'Também publicidade, conforme o que assinalou acima.' },
    noMarketing: { label: 'Sem publicidade', hint: 'Só o que lhe diz respeito: encomendas, marcações, a sua conta.' },
    nothing: { label: 'Nenhuma mensagem', hint: 'Nem confirmações nem códigos de segurança.' },
    save: 'Guardar',
    help: 'Esta ligação é só para si. Quem a tiver pode alterar estas definições; não a partilhe.',
  },
  done: {
    saved: 'Guardado. O que vê abaixo já está em vigor.',
    stoppedTopic: 'Subscrição cancelada: não haverá mais «{topic}» neste endereço.',
    stoppedAll: 'Subscrição cancelada: não haverá mais publicidade neste endereço.',
    onItsWay: 'Uma mensagem que já está a caminho ainda pode chegar.',
    confirmed: 'Obrigado, está confirmado.',
    alreadyConfirmed: 'Esta ligação já foi usada. Nada foi alterado.',
  },
  locks: {
    complained: 'Assinalou uma mensagem como indesejada. Nada é enviado para este endereço.',
    bounced: 'As mensagens para este endereço foram devolvidas. Nada lhe é enviado.',
    stopped: '{sender} não envia nada para este endereço. Para alterar isso, contacte {sender}.',
    noMarketing: '{sender} não envia publicidade para este endereço. Para alterar isso, contacte {sender}.',
  },
  confirm: {
    title: 'Confirme, por favor',
    topic: 'Deseja receber «{topic}» de {sender} em {address} ({channel})?',
    all: 'Deseja receber novidades e ofertas de {sender} em {address} ({channel})?',
    yes: 'Sim, desejo',
    ignore: 'Se não pediu isto, feche esta página: nada acontecerá.',
  },
  faults: {
    unknown: {
      title: 'Esta ligação não funciona',
      text: 'Não está completa ou expirou. Abra-a de novo a partir da mensagem ou pergunte ao remetente.',
    },
    invalid: {
      title: 'Não conseguimos ler isto',
      text: 'Nada foi alterado. Abra de novo a ligação da sua mensagem.',
    },
    busy: { title: 'Demasiados pedidos', text: 'Nada foi alterado. Tente de novo dentro de um minuto.' },
    fault: { title: 'Algo correu mal', text: 'Nada foi alterado. Tente de novo mais tarde.' },
  },
  mail: {
    subject: 'Confirme, por favor: mensagens de {sender}',
    topic: 'Alguém nos pediu para enviar «{topic}» de {sender} para este endereço. Deseja isso? Então confirme aqui:',
    all: 'Alguém nos pediu para enviar novidades e ofertas de {sender} para este endereço. Deseja isso? Então confirme aqui:',
    ignore: 'Se não pediu isto, ignore esta mensagem: não receberá nada.',
  },
};
