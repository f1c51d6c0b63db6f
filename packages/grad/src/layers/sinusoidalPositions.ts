/**
 * PE(t, 2i) = sin(t / 10000^(2i/D)), PE(t, 2i+1) = cos(t / 10000^(2i/D)) (Vaswani et al. 2017, section 3.5).
 * Row-major [T, D].
 */
export function sinusoidalPositions(time: number, width: number): Float64Array {
  return Float64Array.from({ length: time * width }, (_, at) => {
    const t = Math.floor(at / width);
    const i = at % width;
    const angle = t / 10000 ** ((i - (i % 2)) / width);
    return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}
