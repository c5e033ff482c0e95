import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { FILM_FUNCTIONS, type FilmFunction, type StepFilm } from '../model/film.ts';
import type { Session } from '../page/session.ts';

/** Lanes of the strip, from above, with the colours that they have in the style sheet. */
const LANES: readonly (readonly [string, readonly FilmFunction[]])[] = [
  ['--accent', ['modify_prot_start']],
  ['--text', ['modify_prot_commit']],
  ['--unfold', ['contpte_try_unfold', 'contpte_convert']],
  ['--flush', ['flush_tlb_range']],
];

const LANE_HEIGHT = 5;
const HEIGHT = LANES.length * (LANE_HEIGHT + 1);

/** Draws a tick for each call of a lane; of calls closer than a pixel, one. */
function draw(canvas: HTMLCanvasElement, film: StepFilm | null): void {
  const width = canvas.clientWidth;
  canvas.width = width * devicePixelRatio;
  canvas.height = HEIGHT * devicePixelRatio;
  const context = canvas.getContext('2d');
  if (context === null || film === null || film.events.count === 0) return;
  context.scale(devicePixelRatio, devicePixelRatio);
  const style = getComputedStyle(canvas);
  const { fn, count } = film.events;
  const tick = Math.max(1, Math.min(6, width / count - 1));
  for (const [lane, [colour, functions]] of LANES.entries()) {
    const codes = new Set(functions.map((name) => FILM_FUNCTIONS.indexOf(name)));
    context.fillStyle = style.getPropertyValue(colour);
    let last = -1;
    for (let k = 0; k < count; k++) {
      const x = Math.floor(((k + 1) / count) * (width - tick));
      if (x === last || !codes.has(fn[k] ?? 0)) continue;
      context.fillRect(x, lane * (LANE_HEIGHT + 1), tick, LANE_HEIGHT);
      last = x;
    }
  }
}

/** Where in the step batches begin, are committed, where blocks change and the TLB is flushed. */
export function Density({ session }: { readonly session: Session }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const film = session.leadFilm()?.film ?? null;
  const theme = session.theme.value;
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      draw(element, film);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [film, theme]);
  return <canvas ref={canvas} class="density" height={HEIGHT} aria-hidden="true" />;
}
