import type { PageTexts } from './page-texts';

export const es: PageTexts = {
  channels: { EMAIL: 'correo electrónico', SMS: 'SMS', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram' },
  page: {
    title: 'Sus mensajes de {sender}',
    who: 'Estos ajustes son para {address} ({channel}).',
    unsubscribe: 'Darse de baja',
    unsubscribeHint: 'Basta con pulsar una vez. No necesita cuenta ni contraseña.',
    stopTopic: 'No recibir más «{topic}»',
    stopAll: 'No recibir más publicidad',
    topics: 'Qué desea recibir',
    topicsHint: 'Marque lo que {sender} puede enviarle.',
    alwaysOn: 'Siempre activo, porque necesita estos mensajes, por ejemplo sobre un pedido o su cuenta.',
    levels: 'Cuánto puede llegar',
    chosen: { label: 'Todos los mensajes', hint: 'También publicidad, según lo que haya marcado arriba.' },
    noMarketing: { label: 'Sin publicidad', hint: 'Solo lo que le concierne: pedidos, citas, su cuenta.' },
    nothing: { label: 'Ningún mensaje', hint: 'Tampoco confirmaciones ni códigos de seguridad.' },
    save: 'Guardar',
    help: 'Este enlace es solo para usted. Quien lo tenga puede cambiar estos ajustes; no lo comparta.',
  },
  done: {
    saved: 'Guardado. Lo que ve abajo ya está en vigor.',
    stoppedTopic: 'Se ha dado de baja: no habrá más «{topic}» en esta dirección.',
    stoppedAll: 'Se ha dado de baja: no habrá más publicidad en esta dirección.',
    onItsWay: 'Un mensaje que ya está en camino aún puede llegar.',
    confirmed: 'Gracias, está confirmado.',
    alreadyConfirmed: 'Este enlace ya se había usado. No se ha cambiado nada.',
  },
  locks: {
    complained: 'Usted señaló un mensaje como no deseado. No se envía nada a esta dirección.',
    bounced: 'Los mensajes a esta dirección fueron devueltos. No se le envía nada.',
    stopped: '{sender} no envía nada a esta dirección. Para cambiarlo, diríjase a {sender}.',
    noMarketing: '{sender} no envía publicidad a esta dirección. Para cambiarlo, diríjase a {sender}.',
  },
  confirm: {
    title: 'Por favor, confirme',
    topic: '¿Desea recibir «{topic}» de {sender} en {address} ({channel})?',
    all: '¿Desea recibir novedades y ofertas de {sender} en {address} ({channel})?',
    yes: 'Sí, lo deseo',
    ignore: 'Si no lo ha pedido, cierre esta página: no ocurrirá nada.',
  },
  faults: {
    unknown: {
      title: 'Este enlace no funciona',
      text: 'No está completo o ha caducado. Ábralo de nuevo desde el mensaje o pregunte al remitente.',
    },
    invalid: {
      title: 'No pudimos leerlo',
      text: 'No se ha cambiado nada. Abra de nuevo el enlace de su mensaje.',
    },
    busy: { title: 'Demasiadas solicitudes', text: 'No se ha cambiado nada. Inténtelo de nuevo en un minuto.' },
    fault: { title: 'Algo ha fallado', text: 'No se ha cambiado nada. Inténtelo de nuevo más tarde.' },
  },
  mail: {
    subject: 'Por favor, confirme: mensajes de {sender}',
    topic:
      'Alguien nos pidió que enviáramos «{topic}» de {sender} a esta dirección. ¿Lo desea? Entonces confírmelo aquí:',
    all: 'Alguien nos pidió que enviáramos novedades y ofertas de {sender} a esta dirección. ¿Lo desea? Entonces confírmelo aquí:',
    ignore: 'Si no lo ha pedido, ignore este mensaje: no recibirá nada.',
  },
};
