// A campaign's banner on another website: <portal-banner code="…" language="vi" size="728x90">.
//
// Version 1. Once shipped this file is never altered: websites name it together with its hash.
// It sets no cookie, stores nothing and asks nobody but the portal. The link and the picture inside
// the element are what stands there until the portal has answered, and stay when it does not.
(() => {
  "use strict";

  const script = document.currentScript;
  const canStyle =
    "adoptedStyleSheets" in Document.prototype && "replaceSync" in CSSStyleSheet.prototype;
  if (!canStyle || !window.customElements || customElements.get("portal-banner")) return;

  const ASK_AGAIN_MS = 150000;
  const PATIENCE_MS = 10000;
  const CODE = /^[2-9a-z]{6,16}$/;
  const SIZE = /^([1-9]\d{1,3})x([1-9]\d{1,3})$/;
  const COLOUR = /^#[0-9a-f]{6}$/;
  const PAINTS = ["ground", "ink", "soft", "button", "button_ink", "track", "bar", "heart", "vein"];
  // Two leaves that make a heart, on a square of 48 units; the right one mirrors the left.
  const LEAF = "M24 44C7 33 2 23 4.5 13.5C6 8 11 5 16 6.5C22 8.3 25.5 15 24 24Z";
  const VEIN = "M24 44C24 34 20 25 13 17";

  // Constructed, because a page's policy may refuse every <style> and style="…". What is marked
  // important here is stronger than what the page marks so.
  const common = new CSSStyleSheet();
  common.replaceSync(`
    :host { all: initial !important; display: inline-block !important; max-width: 100% !important;
      vertical-align: top !important; container-type: inline-size !important; }
    .card { box-sizing: border-box; position: relative; overflow: hidden; display: flex;
      flex-wrap: wrap; align-items: center; gap: 6px 14px; width: 100%;
      background: var(--ground); color: var(--ink); text-decoration: none; cursor: pointer;
      text-align: start; overflow-wrap: anywhere;
      font: 400 14px/1.25 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; }
    .mark { flex: none; }
    .leaf { fill: var(--bar); }
    .leaf + .leaf { fill: var(--heart); }
    .vein { fill: none; stroke: var(--vein); stroke-width: 1.6; stroke-linecap: round; }
    .words { flex: 1 1 auto; min-width: 0; }
    .head, .small { display: block; }
    .head { font-weight: 700; }
    .small { margin-top: 3px; color: var(--soft); }
    .call { box-sizing: border-box; max-width: 100%; padding: .5em 1em; border-radius: 1.6em;
      background: var(--button); color: var(--button_ink); font-weight: 700; text-align: center; }
    .card:hover .call { text-decoration: underline; }
    .card:focus-visible { outline: 3px solid var(--ink); outline-offset: -5px; }
    .bar { position: absolute; bottom: 0; left: 0; right: 0; height: 6px; background: var(--track); }
    .bar span { display: block; height: 100%; background: var(--bar); }
    .tall { flex-flow: column nowrap; align-items: flex-start; justify-content: center; gap: 12px; }
    .tall .words { flex: none; }
    .note { display: block; padding: 2px 4px; background: Canvas; color: CanvasText;
      color-scheme: light dark; font: 400 13px/1.4 system-ui, Arial, sans-serif; }
    @container (max-width: 500px) { .wide .mark { display: none; } }
    @media (forced-colors: active) {
      .card, .call { border: 1px solid; }
      .bar { border-top: 1px solid; background: Canvas; }
      .bar span { forced-color-adjust: none; background: Highlight; }
    }
  `);

  // The address of the placement. That of the link inside, when it is one: then a script that the
  // website serves from a place of its own works too, and so do banners of two portals on one page.
  const addressOf = (element) => {
    const code = (element.getAttribute("code") || "").trim().toLowerCase();
    if (!CODE.test(code)) return null;
    const link = element.querySelector("a[href]");
    const path = `/b/${code}/`;
    const isOurs = link && /^https?:$/.test(link.protocol) && link.pathname.toLowerCase() === path;
    const source = isOurs ? link.href : script && script.src;
    return source ? new URL(path, source) : null;
  };

  const make = (tag, name, ...inside) => {
    const element = document.createElement(tag);
    element.className = name;
    element.append(...inside);
    return element;
  };

  const paint = (colours) =>
    PAINTS.filter((name) => COLOUR.test(colours[name]))
      .map((name) => `--${name}: ${colours[name]};`)
      .join(" ");

  const styleOf = (told, words, width, height) => {
    const isLarge = height >= 200 && width >= 500;
    const share = Number(told.progress && told.progress.share) || 0;
    const most = isLarge ? Math.max(24, width / 25) : height < 80 ? 15 : height < 200 ? 19 : 24;
    const head = words.headline.length > 45 ? Math.max(14, most * 0.8) : most;
    const mark = isLarge ? height * 0.4 : Math.min(52, height * 0.6);
    const rules = [
      `:host { width: ${width}px !important; }`,
      `.card { min-height: ${height}px; padding: ${isLarge ? "16px 22px 22px" : "8px 14px 12px"};`,
      `  ${paint(told.colours || {})} }`,
      `.mark { width: ${mark}px; height: ${mark}px; }`,
      `.wide .words { flex-basis: ${isLarge ? 260 : 140}px; }`,
      `.head { font-size: min(${head}px, max(15px, 7vw)); }`,
      `.small { font-size: ${isLarge ? 14 : 12}px; }`,
      `.call { font-size: ${isLarge ? 16 : 14}px; }`,
      `.bar span { width: ${Math.min(100, Math.max(0, share))}%; }`,
    ];
    if (told.colours && told.colours.dark) {
      rules.push(`@media (prefers-color-scheme: dark) { .card { ${paint(told.colours.dark)} } }`);
    }
    return rules.join("\n");
  };

  const drawMark = () => {
    const draw = (tag, values) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
      return element;
    };
    const right = "matrix(-1 0 0 1 48 0)";
    const mark = draw("svg", { class: "mark", viewBox: "0 0 48 48", "aria-hidden": "true" });
    mark.append(
      draw("path", { class: "leaf", d: LEAF }),
      draw("path", { class: "leaf", d: LEAF, transform: right }),
      draw("path", { class: "vein", d: VEIN }),
      draw("path", { class: "vein", d: VEIN, transform: right }),
    );
    return mark;
  };

  const drawCard = (told, words, address, width, height) => {
    // There is room for one small line in a flat banner: how far it is, else whose it is.
    const lines = [words.progress, words.owner].filter(Boolean).slice(0, height <= 100 ? 1 : 2);
    const said = lines.map((line) => make("span", "small", line));
    const card = make(
      "a",
      width < height * 2 ? "card tall" : "card wide",
      drawMark(),
      make("span", "words", make("span", "head", words.headline), ...said),
      make("span", "call", words.call),
    );
    card.href = address.href;
    if (told.progress && told.progress.share !== null) {
      const bar = make("span", "bar", make("span", ""));
      bar.setAttribute("aria-hidden", "true");
      card.append(bar);
    }
    return card;
  };

  class PortalBanner extends HTMLElement {
    static get observedAttributes() {
      return ["code", "language", "size"];
    }

    connectedCallback() {
      this.ask();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.ask();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
    }

    ask() {
      if (this.isAsked) return;
      this.isAsked = true;
      // Once for all attributes that were set together.
      queueMicrotask(() => {
        this.isAsked = false;
        this.fetch();
      });
    }

    async fetch() {
      clearTimeout(this.timer);
      const address = addressOf(this);
      if (!address) return;
      const patience = new AbortController();
      const limit = setTimeout(() => patience.abort(), PATIENCE_MS);
      try {
        const answer = await fetch(new URL("banner.json", address), {
          cache: "no-cache",
          credentials: "omit",
          signal: patience.signal,
        });
        const text = answer.ok ? await answer.text() : "";
        const now = addressOf(this);
        if (text && now && now.href === address.href) this.draw(text, address);
      } catch (error) {
        // What stands there stays.
      }
      clearTimeout(limit);
      if (this.isConnected) this.wait();
    }

    wait() {
      this.timer = setTimeout(() => {
        if (document.hidden) this.wait();
        else this.ask();
      }, ASK_AGAIN_MS);
    }

    draw(text, address) {
      const told = JSON.parse(text);
      const language = this.getAttribute("language");
      const spoken = Object.hasOwn(told.texts, language) ? language : told.language;
      const words = told.texts[spoken];
      const size = SIZE.exec(this.getAttribute("size")) || SIZE.exec(told.size);
      const state = [text, spoken, size[0]].join();
      if (state === this.state) return;
      const [width, height] = [Number(size[1]), Number(size[2])];
      const root = this.root || (this.root = this.attachShadow({ mode: "open" }));
      const own = new CSSStyleSheet();
      own.replaceSync(styleOf(told, words, width, height));
      root.adoptedStyleSheets = [common, own];
      // A look that cannot be drawn here is shown as its picture, with the words on progress below.
      const shown = told.colours
        ? drawCard(told, words, address, width, height)
        : make("span", "", make("slot", ""), words.progress && make("span", "note", words.progress));
      shown.lang = spoken;
      shown.dir = words.dir;
      const hadFocus = root.activeElement;
      root.replaceChildren(shown);
      if (hadFocus) shown.focus();
      this.state = state;
    }
  }

  customElements.define("portal-banner", PortalBanner);
})();
