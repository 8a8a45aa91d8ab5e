/**
 * When the server is to be told where one looks: fewer times than it allows. Pure.
 */

interface Look {
  followed: number;
  x: number;
  y: number;
}

const EVERY_S = 0.2;
/** What the server shows reaches far beyond the screen: so little makes no difference. */
const FAR_UNITS = 48;

export class Word {
  private last: Look | null = null;
  private said_s = -Infinity;

  /** Whether `look` is worth a word now; if so, it counts as said. */
  isDue({ followed, x, y }: Look, time_s: number): boolean {
    const { last } = this;
    if (time_s - this.said_s < EVERY_S) return false;
    const moved = followed === 0 && last !== null && Math.hypot(x - last.x, y - last.y) > FAR_UNITS;
    if (last !== null && followed === last.followed && !moved) return false;
    this.last = { followed, x, y };
    this.said_s = time_s;
    return true;
  }
}
