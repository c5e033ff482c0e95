import type { Plate } from './plate.ts';

/** Pixels for each CSS pixel: pictures are looked at on paper and on screens of all kinds. */
const SCALE = 2;

/** Draws a plate as PNG. */
export async function platePng({ size, draw }: Plate): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(size.width * SCALE);
  canvas.height = Math.ceil(size.height * SCALE);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser has no canvas to draw on');
  context.scale(SCALE, SCALE);
  draw(context);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('the browser made no picture'));
      else resolve(blob);
    }, 'image/png');
  });
}
