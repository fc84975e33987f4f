import { html } from './html';

describe('HTML', () => {
  it('escapes every value, in texts and in attributes', () => {
    const evil = `<b>&"'\``;
    expect(html`<p title="${evil}">${evil}</p>`.source).toBe(
      '<p title="&lt;b&gt;&amp;&quot;&#39;&#96;">&lt;b&gt;&amp;&quot;&#39;&#96;</p>',
    );
  });

  it('takes pieces and lists of pieces as they are, and leaves out what is not there', () => {
    const items = ['a', '<'].map((text) => html`<i>${text}</i>`);
    const nothing = [false, null, undefined] as const;
    expect(html`<p>${items}${nothing}${0}${['<', [1]]}</p>`.source).toBe('<p><i>a</i><i>&lt;</i>0&lt;1</p>');
  });
});
