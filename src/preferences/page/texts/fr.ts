import type { PageTexts } from './page-texts';

export const fr: PageTexts = {
  channels: { EMAIL: 'e-mail', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'Vos messages de {sender}',
    who: 'Ces réglages concernent {address} ({channel}).',
    unsubscribe: 'Se désabonner',
    unsubscribeHint: 'Un clic suffit. Vous n’avez besoin ni de compte ni de mot de passe.',
    stopTopic: 'Ne plus recevoir « {topic} »',
    stopAll: 'Ne plus recevoir de publicité',
    topics: 'Ce que vous souhaitez recevoir',
    topicsHint: 'Cochez ce que {sender} peut vous envoyer.',
    alwaysOn: 'Toujours actif, car vous avez besoin de ces messages, par exemple pour une commande ou votre compte.',
    levels: 'Combien de messages',
    chosen: { label: 'Tous les messages', hint: 'La publicité aussi, dans la limite de vos choix ci-dessus.' },
    noMarketing: {
      label: 'Pas de publicité',
      hint: 'Seulement ce qui vous concerne : commandes, rendez-vous, votre compte.',
    },
    nothing: { label: 'Aucun message', hint: 'Pas même de confirmations ni de codes de sécurité.' },
    save: 'Enregistrer',
    help: 'Ce lien est personnel. Toute personne qui l’a peut modifier ces réglages ; ne le transmettez pas.',
  },
  done: {
    saved: 'Enregistré. Ce que vous voyez ci-dessous est désormais en vigueur.',
    stoppedTopic: 'Vous êtes désabonné : plus de « {topic} » à cette adresse.',
    stoppedAll: 'Vous êtes désabonné : plus de publicité à cette adresse.',
    onItsWay: 'Un message déjà en route peut encore arriver.',
    confirmed: 'Merci, c’est confirmé.',
    alreadyConfirmed: 'Ce lien a déjà été utilisé. Rien n’a été modifié.',
  },
  locks: {
    complained: 'Vous avez signalé un message comme indésirable. Rien n’est envoyé à cette adresse.',
    bounced: 'Des messages à cette adresse sont revenus. Rien ne lui est envoyé.',
    stopped: '{sender} n’envoie rien à cette adresse. Pour changer cela, adressez-vous à {sender}.',
    noMarketing: '{sender} n’envoie pas de publicité à cette adresse. Pour changer cela, adressez-vous à {sender}.',
  },
  confirm: {
    title: 'Veuillez confirmer',
    topic: 'Souhaitez-vous recevoir « {topic} » de {sender} à {address} ({channel}) ?',
    all: 'Souhaitez-vous recevoir des nouvelles et des offres de {sender} à {address} ({channel}) ?',
    yes: 'Oui, je le souhaite',
    ignore: 'Si vous n’avez rien demandé, fermez cette page : il ne se passera rien.',
  },
  faults: {
    unknown: {
      title: 'Ce lien ne fonctionne pas',
      text: 'Il est incomplet ou a expiré. Ouvrez-le de nouveau depuis le message ou adressez-vous à l’expéditeur.',
    },
    invalid: {
      title: 'Nous n’avons pas pu lire cela',
      text: 'Rien n’a été modifié. Ouvrez de nouveau le lien depuis votre message.',
    },
    busy: { title: 'Trop de demandes', text: 'Rien n’a été modifié. Réessayez dans une minute.' },
    fault: { title: 'Une erreur est survenue', text: 'Rien n’a été modifié. Réessayez plus tard.' },
  },
  mail: {
    subject: 'Veuillez confirmer : messages de {sender}',
    topic:
      'On nous a demandé d’envoyer « {topic} » de {sender} à cette adresse. Le souhaitez-vous ? Alors confirmez-le ici :',
    all: 'On nous a demandé d’envoyer des nouvelles et des offres de {sender} à cette adresse. Le souhaitez-vous ? Alors confirmez-le ici :',
    ignore: 'Si vous n’avez rien demandé, ignorez ce message : vous ne recevrez rien.',
  },
};
