// The style of <upload-files>. Pages change its colours by --upload-accent,
// --upload-on-accent, --upload-card, --upload-text, --upload-soft and --upload-line, and its zone
// by ::part(zone).

export const style = new CSSStyleSheet();

style.replaceSync(`
:host {
  --accent: var(--upload-accent, light-dark(#2f6f62, #7cc4b3));
  --on-accent: var(--upload-on-accent, light-dark(#ffffff, #10201c));
  --wash: color-mix(in srgb, var(--accent) 12%, var(--card));
  --card: var(--upload-card, light-dark(#ffffff, #1c2220));
  --text: var(--upload-text, light-dark(#1f2523, #e6ebe8));
  --soft: var(--upload-soft, light-dark(#5b6562, #9aa6a1));
  --line: var(--upload-line, light-dark(#d9ddd9, #343d3a));
  --edge: light-dark(#7d8882, #77857f);
  --good: light-dark(#22693f, #83cf9d);
  --bad: light-dark(#a3271f, #f2998f);
  --bad-wash: light-dark(#fcefed, #38211f);
  --wait: light-dark(#80560a, #e2b566);
  --track: light-dark(#e6e9e6, #2c3431);
  display: block; container-type: inline-size; color: var(--text); font-family: inherit; line-height: 1.5;
}
:host([hidden]) { display: none; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p { margin: 0; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0;
}
button, input, .button { font: inherit; }
:focus-visible, .unseen:focus-visible + .button { outline: 3px solid var(--accent); outline-offset: 2px; }
.button {
  display: inline-flex; align-items: center; min-height: 2.75rem; padding: .4rem 1.15rem; border: 1px solid transparent; border-radius: 8px;
  background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; white-space: nowrap;
}
:is(.folder, .camera) .button { background: none; border-color: var(--edge); color: var(--text); }
.button:hover { filter: brightness(.93); }
input:disabled + .button { opacity: .5; cursor: default; }
.quiet, .actions a {
  display: inline-flex; align-items: center; min-height: 2.1rem; padding: .2rem .65rem; border: 1px solid var(--line); border-radius: 8px;
  background: none; color: var(--text); font-size: .875rem; cursor: pointer; white-space: nowrap; text-decoration: none;
}
.quiet:hover, .actions a:hover { border-color: var(--edge); }
@media (pointer: coarse) { .quiet, .actions a { min-height: 2.75rem; min-width: 2.75rem; justify-content: center; } }

#zone {
  display: flex; flex-direction: column; align-items: center; gap: .4rem; padding: clamp(1.5rem, 6cqi, 2.5rem) 1rem;
  border: 2px dashed var(--edge); border-radius: 16px; background: var(--card); text-align: center;
}
:host([dragging]) #zone { border-color: var(--accent); background: var(--wash); }
#zone svg { width: 2.5rem; height: 2.5rem; fill: none; stroke: var(--accent); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.drop { font-size: 1.125rem; font-weight: 600; }
.or { color: var(--soft); font-size: .9rem; }
.buttons { display: flex; flex-wrap: wrap; justify-content: center; gap: .6rem; }
.camera { display: none; }
@media (hover: none) and (pointer: coarse) { .drop, .or, .folder { display: none; } .camera { display: inline; } }
#hint { margin-top: .3rem; color: var(--soft); font-size: .9rem; }
#notice { margin-top: .75rem; color: var(--bad); font-size: .9rem; }
#summary { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .75rem; min-height: 2.75rem; margin-top: 1rem; color: var(--soft); font-size: .9rem; }
#summary p { flex: 1 1 12rem; }
#total { order: 1; margin: .1rem 0; }

#files { list-style: none; margin: .5rem 0 0; padding: 0; display: grid; gap: .6rem; }
#files li {
  display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: .9rem; align-items: center;
  padding: .75rem .75rem .75rem .9rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card);
}
.thumb {
  display: grid; place-items: center; width: 2.75rem; height: 2.75rem; border-radius: 8px; overflow: hidden;
  background: var(--wash); color: var(--accent); font-size: .68rem; font-weight: 700; letter-spacing: .03em;
}
.thumb img { width: 100%; height: 100%; object-fit: cover; }
.title { display: flex; gap: .6rem; align-items: baseline; }
.name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.size { color: var(--soft); font-size: .85rem; white-space: nowrap; }
.status { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.accepted { display: block; color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: .4rem; }

progress { display: block; width: 100%; height: 6px; margin: .35rem 0; border: 0; border-radius: 3px; overflow: hidden; appearance: none; background: var(--track); color: var(--accent); }
progress::-webkit-progress-bar { background: var(--track); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; transition: width .15s linear; }
progress::-moz-progress-bar { background: var(--accent); border-radius: 3px; }
progress:indeterminate { --slide: linear-gradient(90deg, var(--track) 25%, var(--accent) 50%, var(--track) 75%) 0 0 / 200% 100%; }
progress:indeterminate::-webkit-progress-bar { background: var(--slide); animation: slide 1.4s linear infinite; }
progress:indeterminate::-moz-progress-bar { background: var(--slide); animation: slide 1.4s linear infinite; }
@keyframes slide { from { background-position: 200% 0; } to { background-position: 0 0; } }
[data-state=stored] .status { color: var(--good); }
:is([data-state=refused], [data-state=failed]) .status { color: var(--bad); }
:is([data-state=refused], [data-state=failed]) .thumb { background: var(--bad-wash); color: var(--bad); }
[data-state=retrying] .status { color: var(--wait); }
:is([data-state=stored], [data-state=refused], [data-state=failed], [data-state=cancelled]) progress { display: none; }

@container (max-width: 26rem) {
  #files li { grid-template-columns: auto minmax(0, 1fr); gap: .7rem; align-items: start; padding: .65rem; }
  .thumb { width: 2.25rem; height: 2.25rem; }
  .actions { grid-column: 2; justify-content: flex-start; }
  .quiet, .actions a { min-height: 2.75rem; min-width: 2.75rem; justify-content: center; }
  .title { flex-wrap: wrap; gap: 0 .6rem; }
  .name { white-space: normal; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
}
@media (forced-colors: active) {
  .button { border-color: ButtonText; background: ButtonFace; color: ButtonText; }
  #zone svg { stroke: CanvasText; }
  .thumb { border: 1px solid; }
  progress { height: .7rem; border: 1px solid CanvasText; forced-color-adjust: none; --track: Canvas; --accent: Highlight; }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; } }
`);
