/** Six colours after Okabe and Ito, mixed into the ground so that text on them stays legible. */
const FOLIO_HUES = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#d55e00'];

/** Colours of the parts of a cost, in pairs for light and dark ground. */
const PART_HUES: readonly (readonly [string, string])[] = [
  ['#3d4650', '#c3ccd5'],
  ['#0072b2', '#56b4e9'],
  ['#00805c', '#2bc297'],
  ['#c9510a', '#f0883e'],
  ['#8f6a00', '#e6b23c'],
  ['#b0528a', '#e09cc6'],
  ['#7d56c2', '#b79cf0'],
  ['#6b747d', '#8b96a1'],
];

const partRules = (which: 0 | 1): string =>
  PART_HUES.map((pair, i) => `.part-${i}{--part:${pair[which]}}`).join('');

const folioRules = FOLIO_HUES.map((hue, i) => `.hue-${i}{--hue:${hue}}`).join('');

/** The style sheet of the HTML report. */
export const STYLE: string = [
  `
:root{color-scheme:light dark;--back:#fdfdfc;--panel:#fff;--text:#1c2126;--quiet:#545d66;--line:#d9dee3;
--strong:#6b747d;--accent:#0b5cad;--differs:#fff3d1;--bad:#9b3412;--flush:#b0528a;--share:38%;
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
color:var(--text);background:var(--back);-webkit-text-size-adjust:100%}
${partRules(0)}
@media (prefers-color-scheme:dark){:root{--back:#11151a;--panel:#171c22;--text:#e4e8ec;--quiet:#a3adb7;
--line:#2f3740;--strong:#8b96a1;--accent:#7fbcff;--differs:#3a3113;--bad:#ffb38a;--flush:#e09cc6;--share:34%}
${partRules(1)}}
${folioRules}
*{box-sizing:border-box}
body{margin:0 auto;max-width:100rem;padding:1rem clamp(.75rem,2vw,2rem) 3rem;overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.2;margin:.1rem 0 .5rem}
h2{font-size:1.25rem;margin:0 0 .5rem}
h3{font-size:1.05rem;margin:0 0 .4rem}
h4,h5{font-size:.95rem;margin:0 0 .25rem}
p{margin:.35rem 0;max-width:90ch}
a{color:var(--accent)}
code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.92em}
small{font-size:.82em;color:var(--quiet)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
section{margin-top:1.4rem}
.step,.scenario,#provenance{border-top:1px solid var(--line);padding-top:1.1rem;margin-top:1.8rem}
.kicker,.note{color:var(--quiet);font-size:.87rem}
.kicker{margin:0}
.description{white-space:pre-line}
.bad{color:var(--bad);font-weight:600}
ul,ol{margin:.35rem 0;padding-left:1.3rem}
.machines,nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem .5rem}
.machines li{border:1px solid var(--line);background:var(--panel);border-radius:99px;padding:.05rem .6rem;font-size:.9rem}
nav{font-size:.9rem}
nav ul ul{display:inline-flex;margin:0}
nav li{margin-right:.6rem}
.ops{columns:auto 17rem;column-gap:2rem;max-width:75rem;padding-left:2rem}
.lead{list-style:none;padding:0;margin:.2rem 0 .8rem;max-width:110ch}
.lead li{margin:.2rem 0;padding-left:.7rem;border-left:3px solid var(--accent)}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem .9rem;margin:.5rem 0}
.facts dt{color:var(--quiet)}
.facts dd{margin:0}
.facts small{display:block}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.14rem .6rem .16rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{border-top:0;color:var(--quiet);vertical-align:bottom;font-size:.94em}
tbody th{white-space:nowrap;position:sticky;left:0;background:var(--back)}
.panel tbody th{background:var(--panel)}
.summary,.parts{min-width:min(100%,40rem)}
.summary td,.parts td,.summary .machine,.parts .machine{padding-left:.5rem;padding-right:.5rem;min-width:5.6rem}
.number,.machine{text-align:right;font-variant-numeric:tabular-nums}
.machine{overflow-wrap:normal}
.number small{display:inline-block;margin-left:.4em;white-space:nowrap}
.differs{background:var(--differs);font-weight:600}
.differs small{color:var(--text);font-weight:400}
.mark{font-weight:400}
.bar{display:block;height:5px;margin:1px 0 2px;background:color-mix(in srgb,var(--line) 45%,transparent)}
.bar rect{fill:var(--accent)}
.stack{margin:.5rem 0;max-width:60rem}
.stack svg{display:block}
.stack rect{fill:var(--part);stroke:var(--back);stroke-width:1px;vector-effect:non-scaling-stroke}
.whisker{fill:none;stroke:var(--text);stroke-width:1.5px}
.chip{display:inline-block;width:.75em;height:.75em;background:var(--part)}
.maps{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));margin-top:1rem}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.6rem .7rem;min-width:0;container-type:inline-size}
.panel .note{margin:0 0 .4rem}
.grid{font-size:.72rem;line-height:1.2}
.row{display:grid;grid-template-columns:2.6em minmax(0,1fr);gap:.35em;margin-bottom:.3rem}
.at b{display:block;color:var(--text);font-size:.6rem}
.at{color:var(--quiet);text-align:right;padding-top:.75em;font-variant-numeric:tabular-nums}
.block{display:grid;grid-template-columns:repeat(16,minmax(0,1fr));border:2px solid transparent;border-radius:5px;padding:2px 1px 1px;position:relative}
.block.valid{border-color:var(--text)}
.block.invalid{border:2px dashed var(--text)}
.page{display:flex;flex-direction:column;min-width:0}
.cell{display:flex;flex-direction:column;align-items:center;justify-content:center;flex:1;margin:1px;min-height:2.9em;border-radius:2px;overflow:hidden;
background:color-mix(in srgb,var(--hue,var(--panel)) var(--share),var(--panel))}
.cell code{font-size:.68rem;line-height:1.08;width:2ch;word-break:break-all;text-align:center}
.cell u,.legend u{text-decoration:none;font-weight:700;background:var(--text);color:var(--panel)}
.single{border:1px solid var(--strong)}
.empty{border:1px dotted var(--strong);min-height:2.9em}
.void{min-height:2.9em}
.huge{box-shadow:inset 0 0 0 1px var(--text)}
.none{background-image:repeating-linear-gradient(135deg,transparent 0 4px,color-mix(in srgb,var(--text) 18%,transparent) 4px 5px)}
.other{outline:3px double var(--bad);outline-offset:-3px}
.strip{display:block;height:6px;flex:none}
.batch{border-top:2px solid var(--accent)}
.commit{border-top:1px solid var(--text);margin-top:-1px}
.batch.s,.commit.s{border-left:2px solid var(--accent);margin-left:1px}
.batch.e,.commit.e{border-right:2px solid var(--accent);margin-right:1px}
.commit.s{border-left:1px solid var(--text)}
.commit.e{border-right:1px solid var(--text)}
.flush{height:4px;background:var(--flush);margin-top:1px}
.grid .strip:not(.batch):not(.commit):last-child{margin-bottom:0}
.flush.s{margin-left:2px}
.flush.e{margin-right:2px}
.repeat{border-left:3px solid var(--strong);padding-left:.4rem;margin:.3rem 0}
.repeat p{margin:.1rem 0 .3rem;font-size:.78rem;color:var(--quiet)}
@container (max-width:20rem){.block{grid-template-columns:repeat(8,minmax(0,1fr))}}
@container (min-width:32rem){.cell code{width:3ch;font-size:.74rem}}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.3rem 0;font-size:.85rem;color:var(--quiet)}
.legend div{display:flex;align-items:center;gap:.35rem}
.legend dt{color:var(--text);font-weight:700;min-width:1.3rem;text-align:center}
.legend dt.cell{min-height:1.3rem;margin:0}
.legend dd{margin:0}
.outline{border:2px solid var(--text);border-radius:4px;min-height:1.1rem}
.sample{height:6px}
.sample.flush{height:4px}
.legend u{padding:0 .2em}
details{margin-top:.4rem;font-size:.87rem}
summary{cursor:pointer;color:var(--accent);width:max-content;max-width:100%}
.entries th,.entries td:nth-child(2){white-space:nowrap}
@media (max-width:40rem){.summary td,.parts td,.summary .machine,.parts .machine{min-width:4.4rem;padding-left:.3rem;padding-right:.3rem}
.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.4rem}.number small{display:block;margin:0}}
@media print{:root{font-size:11px}body{padding:0;max-width:none}nav{display:none}.panel,.summary tr,.stack,figure{break-inside:avoid}
h2,h3,h4{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll{overflow:visible}}
`,
].join('');
