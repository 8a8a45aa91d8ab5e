/**
 * The world that the Node contestants serve: ships that drift in a square arena and bounce off its border.
 *
 * The rule of motion is `protocol/motion.py`'s, with the numbers of its ship; the grid is `protocol/cells.py`'s.
 * There is nothing else here: no shots, no rocks, and ships pass through each other.
 */

const CELL_UNITS = 512;
const VIEW_HALF_UNITS = 704;

const DRAG_PER_S = 2;
const THRUST_UNITS_PER_S2 = 840;
const SHIP_RADIUS_UNITS = 16;
/** What is left of a speed after a bounce. */
const ELASTICITY = 0.6;
const MOVE_FULL = 127;

/** A player's last input. */
export interface Input {
  /** Each -127..127, full thrust at the rim of that circle. */
  moveX: number;
  moveY: number;
  /** In 1/4096 turn. */
  aim: number;
}

/** Positions in units, velocities in units per second. */
export class Ship {
  readonly id: number;
  x: number;
  y: number;
  vx = 0;
  vy = 0;
  aim = 0;
  private thrustX = 0;
  private thrustY = 0;

  constructor(id: number, x: number, y: number) {
    this.id = id;
    this.x = x;
    this.y = y;
  }

  steer(input: Input): void {
    const scale = 1 / Math.max(MOVE_FULL, Math.hypot(input.moveX, input.moveY));
    this.thrustX = input.moveX * scale;
    this.thrustY = input.moveY * scale;
    this.aim = input.aim;
  }

  /** One tick of so many in a second, in an arena of that side. */
  move(arenaUnits: number, tickRate: number): void {
    const keep = 1 - DRAG_PER_S / tickRate;
    const gain = THRUST_UNITS_PER_S2 / tickRate;
    this.vx = this.vx * keep + this.thrustX * gain;
    this.vy = this.vy * keep + this.thrustY * gain;
    this.x += this.vx / tickRate;
    this.y += this.vy / tickRate;
    const far = arenaUnits - SHIP_RADIUS_UNITS;
    if (this.x < SHIP_RADIUS_UNITS || this.x > far) {
      this.x = Math.min(Math.max(this.x, SHIP_RADIUS_UNITS), far);
      this.vx *= -ELASTICITY;
    }
    if (this.y < SHIP_RADIUS_UNITS || this.y > far) {
      this.y = Math.min(Math.max(this.y, SHIP_RADIUS_UNITS), far);
      this.vy *= -ELASTICITY;
    }
  }
}

/** Where the `n`th of `ships` ships begins, from 0: they are spread over the arena row by row. */
export function birthplace(n: number, ships: number, arenaUnits: number): { x: number; y: number } {
  const columns = Math.ceil(Math.sqrt(ships));
  const step = arenaUnits / columns;
  return { x: ((n % columns) + 0.5) * step, y: ((Math.floor(n / columns) % columns) + 0.5) * step };
}

/** The cells of a square arena, numbered row by row from the top left. */
export class Grid {
  readonly columns: number;
  private readonly blocks = new Map<number, readonly number[]>();

  constructor(arenaUnits: number) {
    this.columns = Math.ceil(arenaUnits / CELL_UNITS);
  }

  get count(): number {
    return this.columns * this.columns;
  }

  cellAt(x: number, y: number): number {
    return this.line(y) * this.columns + this.line(x);
  }

  /** The cells that the view from a point touches, ascending; the same block is always the same object. */
  around(x: number, y: number): readonly number[] {
    const left = this.line(x - VIEW_HALF_UNITS);
    const right = this.line(x + VIEW_HALF_UNITS);
    const top = this.line(y - VIEW_HALF_UNITS);
    const bottom = this.line(y + VIEW_HALF_UNITS);
    const key = ((left * this.columns + right) * this.columns + top) * this.columns + bottom;
    let block = this.blocks.get(key);
    if (block === undefined) {
      const cells: number[] = [];
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) cells.push(row * this.columns + column);
      }
      block = cells;
      this.blocks.set(key, block);
    }
    return block;
  }

  /** The column of an x, or the row of a y; what is outside belongs to the nearest. */
  private line(units: number): number {
    return Math.min(Math.max(Math.floor(units / CELL_UNITS), 0), this.columns - 1);
  }
}
