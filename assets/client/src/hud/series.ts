/**
 * The last so many values of one number: a ring that forgets the oldest. Pure.
 */

export class Series {
  readonly capacity: number;
  private readonly ring: Float64Array;
  private pushed = 0;

  constructor(capacity = 240) {
    this.capacity = capacity;
    this.ring = new Float64Array(capacity);
  }

  /** What is not a finite number is not taken. */
  push(value: number): void {
    if (!Number.isFinite(value)) return;
    this.ring[this.pushed % this.capacity] = value;
    this.pushed += 1;
  }

  get length(): number {
    return Math.min(this.pushed, this.capacity);
  }

  /** The index-th oldest. */
  at(index: number): number {
    return this.ring[(this.pushed - this.length + index) % this.capacity] ?? 0;
  }

  /** 0 while there is none. */
  get latest(): number {
    return this.length === 0 ? 0 : this.at(this.length - 1);
  }

  range(): { low: number; high: number; mean: number } {
    if (this.length === 0) return { low: 0, high: 0, mean: 0 };
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (let index = 0; index < this.length; index += 1) {
      const value = this.at(index);
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
    }
    return { low, high, mean: sum / this.length };
  }
}
