import { maskAddress } from '../../platform/mask-address';
import { html, Html } from './html';
import { LEVELS, type Level, type PageState, type PageTopic } from './page-state';
import { STYLE } from './page.style';
import type { PageLink } from './page-token';
import { fill, pageLanguage, type PageLanguage, TEXTS } from './texts/languages';
import type { LevelText, PageTexts } from './texts/page-texts';

/** What is told above the page, after something was done. */
export type Notice = 'saved' | 'unsubscribed' | 'confirmed' | 'alreadyConfirmed';

/** What happened instead of what was wanted. */
export type Fault = keyof PageTexts['faults'];

/** A page and what it is written for. */
export interface PageView {
  link: PageLink;
  state: PageState;
  acceptLanguage: string | undefined;
  notice?: Notice;
}

/** The choices of one address, as they are in force now. */
export function choicesPage(view: PageView): string {
  const { say, language } = voiceOf(view);
  const { page, done } = TEXTS[language];
  const { state, notice } = view;
  const banner = notice && noticeText(notice, state, TEXTS[language]);
  return wholePage(language, say(page.title), {
    sender: '', // the title says it
    footer: page.help,
    main: html`${
        banner &&
        html`<div class="banner" role="status">
          <p><strong>${say(banner)}</strong></p>
          <p>${done.onItsWay}</p>
        </div>`
      }
      <p class="soft">${say(page.who)}</p>
      ${state.locks.map((lock) => html`<p class="banner note">${say(TEXTS[language].locks[lock])}</p>`)}
      ${unsubscribeCard(view)} ${choicesCard(view)}`,
  });
}

/** The question whether the person really asked for it. Nothing happens before the button is pressed. */
export function confirmPage(view: PageView): string {
  const { say, language } = voiceOf(view);
  const { confirm, done } = TEXTS[language];
  const { notice } = view;
  const isAsking = notice === undefined;
  return wholePage(language, say(confirm.title), {
    sender: view.state.sender,
    footer: isAsking ? confirm.ignore : '',
    main: isAsking
      ? html`<form class="card" method="post">
          <p>${say(view.link.topic === null ? confirm.all : confirm.topic)}</p>
          <input type="hidden" name="do" value="confirm" />
          <button>${confirm.yes}</button>
        </form>`
      : html`<p class="banner" role="status">
          <strong>${notice === 'confirmed' ? done.confirmed : done.alreadyConfirmed}</strong>
        </p>`,
  });
}

/** A page instead of the page. It says nothing of anybody. */
export function faultPage(fault: Fault, acceptLanguage: string | undefined): string {
  const language = pageLanguage(null, acceptLanguage);
  const { title, text } = TEXTS[language].faults[fault];
  return wholePage(language, title, { sender: '', footer: '', main: html`<p>${text}</p>` });
}

function unsubscribeCard(view: PageView): Html | false {
  const { say, language } = voiceOf(view);
  const { page } = TEXTS[language];
  const { list, level } = view.state;
  if (list ? !list.isWanted : level !== 'chosen') return false;
  return html`<section class="card" aria-labelledby="unsubscribe">
    <h2 id="unsubscribe">${page.unsubscribe}</h2>
    <p class="soft">${page.unsubscribeHint}</p>
    <form method="post">
      <input type="hidden" name="do" value="unsubscribe" />
      <button>${say(list ? page.stopTopic : page.stopAll)}</button>
    </form>
  </section>`;
}

function choicesCard(view: PageView): Html {
  const { say, language } = voiceOf(view);
  const { page } = TEXTS[language];
  const { topics, level } = view.state;
  const texts = { chosen: page.chosen, no_marketing: page.noMarketing, nothing: page.nothing };
  return html`<form class="card" method="post" id="preferences">
    <input type="hidden" name="do" value="save" />
    ${
      topics.length > 0 &&
      html`<fieldset>
        <legend>${page.topics}</legend>
        <p class="soft">${say(page.topicsHint)}</p>
        ${topics.map((topic, index) => topicChoice(topic, index, page.alwaysOn))}
      </fieldset>`
    }
    <fieldset>
      <legend>${page.levels}</legend>
      ${LEVELS.map((each) => levelChoice(each, { ...texts[each], isChosen: each === level }))}
    </fieldset>
    <button class="quiet">${page.save}</button>
  </form>`;
}

function topicChoice(topic: PageTopic, index: number, alwaysOn: string): Html {
  const { name, title, description, isCritical, isWanted } = topic;
  const id = `topic${index}`;
  if (isCritical)
    return html`<div class="choice">
      <input type="checkbox" id="${id}" checked disabled />
      <label for="${id}">${title} ${[description, alwaysOn].map(hint)}</label>
    </div>`;
  return html`<div class="choice">
    <input type="hidden" name="shown" value="${name}" />
    <input type="checkbox" id="${id}" name="topic" value="${name}" ${isWanted && html` checked`} />
    <label for="${id}">${title} ${hint(description)}</label>
  </div>`;
}

function levelChoice(level: Level, { label, hint: about, isChosen }: LevelText & { isChosen: boolean }): Html {
  return html`<div class="choice">
    <input type="radio" name="level" id="${level}" value="${level}" ${isChosen && html` checked`} />
    <label for="${level}">${label} ${hint(about)}</label>
  </div>`;
}

function hint(text: string | null): Html | false {
  return text !== null && html`<span class="hint">${text}</span>`;
}

function noticeText(notice: Notice, { list }: PageState, { done }: PageTexts): string {
  if (notice === 'unsubscribed') return list ? done.stoppedTopic : done.stoppedAll;
  return done.saved;
}

interface Voice {
  language: PageLanguage;
  say: (text: string) => string;
}

/** The language of a page, and how a text of it is said with the names in it. */
function voiceOf({ link, state, acceptLanguage }: PageView): Voice {
  const language = pageLanguage(state.language, acceptLanguage);
  const names = {
    sender: state.sender,
    address: maskAddress(link.address),
    channel: TEXTS[language].channels[link.channelType],
    topic: state.topics.find(({ name }) => name === link.topic)?.title ?? '',
  };
  return { language, say: (text) => fill(text, names) };
}

/** Exactly as the policy of the page allows it: not a blank more. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

interface Parts {
  sender: string;
  main: Html;
  footer: string;
}

function wholePage(language: PageLanguage, title: string, { sender, main, footer }: Parts): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        ${sender && html`<header>${sender}</header>`}
        <main>
          <h1>${title}</h1>
          ${main}
        </main>
        ${footer && html`<footer><p>${footer}</p></footer>`}
      </body>
    </html> `.source;
}
