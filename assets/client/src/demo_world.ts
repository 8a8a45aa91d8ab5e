/**
 * A make-believe server for the demo page: a hundred entities that drift, bounce, shoot and die.
 *
 * Development only, never in the built client. It moves things plausibly, not correctly: its walls are an inner box and
 * everything else flies through everything else.
 */

import {
  type Arena, BOOSTING_BIT, type Description, type Drawn, type GameEvent, NOTHING, type PlayerInfo, type Point, PROTECTED_BIT, RAPID_BIT,
  SHIELD_BIT,
} from "@ricochet/sdk";

const SIZE = 2048;
const MARGIN = 48;
const NAMES = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Margaret", "Linus", "Radia", "Ken", "Frances", "Tim"];

function regular(corners: number, radius: number, rough: number): Point[] {
  return Array.from({ length: corners }, (_, index) => {
    const turn = (2 * Math.PI * index) / corners;
    const reach = radius * (1 - rough * ((index * 7) % 3) * 0.5);
    return [reach * Math.cos(turn), reach * Math.sin(turn)] as const;
  });
}

export const DEMO_ARENA: Arena = {
  name: "demo",
  size: { width: SIZE, height: SIZE },
  walls: [
    { points: [[700, 620], [980, 620], [1060, 700]], radius: 8, closed: false },
    { points: [[1350, 1000], [1350, 1350], [1200, 1480]], radius: 8, closed: false },
    { points: [[600, 1200], [690, 1330]], radius: 12, closed: false },
  ],
  blocks: [{ points: [[1240, 660], [1380, 700], [1360, 820], [1220, 800]] }, { points: [[780, 1240], [900, 1180], [940, 1320]] }],
  rocks: [
    { points: regular(7, 58, 0.2), x: 860, y: 900, angle: 0 },
    { points: regular(9, 84, 0.15), x: 1300, y: 1150, angle: 0 },
    { points: regular(6, 40, 0.2), x: 1100, y: 760, angle: 0 },
  ],
  crates: [],
  spawns: [],
};

const LINE = { max: 0, texts: [], hue: "white", hides: false, where: "ship" } as const;

/** A game like melee. */
export const DEMO_DESCRIPTION: Description = {
  ...NOTHING,
  hud: [
    { ...LINE, name: "shield", label: "Shield", style: "bar", max: 100, hue: "sky", hides: true },
    { ...LINE, name: "hull", label: "Hull", style: "bar", max: 100 },
    { ...LINE, name: "boost_until", label: "Boost", style: "ready", hue: "yellow" },
    { ...LINE, name: "pulse_until", label: "Pulse", style: "ready", hue: "sky" },
    { ...LINE, name: "rapid_until", label: "Rapid", style: "time", hue: "yellow" },
    { ...LINE, name: "respawn_until", label: "Destroyed", style: "time", where: "middle" },
  ],
  controls: [{ button: "move", does: "fly" }, { button: "fire", does: "shoot" }, { button: "boost", does: "boost" }, { button: "pulse", does: "pulse" }],
  columns: [{ label: "Score", best: "most" }, { label: "Kills", best: "most" }, { label: "Deaths", best: "least" }],
  news: [{ event: "kill", text: "{killer} ▸ {victim}", shout: "Destroyed {victim}", to: "killer" }],
};

type Body = { -readonly [Key in keyof Drawn]: Drawn[Key] } & { spin: number; reload_s: number; dead_s: number };

export class DemoWorld {
  readonly players = new Map<number, PlayerInfo>();
  readonly events: GameEvent[] = [];
  time_s = 0;
  hull = 100;
  private readonly bodies: Body[] = [];
  private next_id = 1;

  constructor() {
    for (let index = 0; index < 24; index += 1) this.addPlayer(index);
    for (let index = 0; index < 14; index += 1) this.add("rock", { variant: index % 3, spin: (index % 5) * 0.1 - 0.2 });
    for (let index = 0; index < 10; index += 1) this.add("crate", { status: 15 - index, spin: 0.2 });
    for (let index = 0; index < 6; index += 1) this.add("pickup", { variant: index % 3, vx: 0, vy: 0 });
    const me = this.bodies[0] as Body;
    Object.assign(me, { x: 1024, y: 1000, mine: true });
  }

  get me(): Drawn | null {
    return this.bodies.find((body) => body.mine && body.dead_s <= 0) ?? null;
  }

  get entities(): Drawn[] {
    return this.bodies.filter((body) => body.dead_s <= 0);
  }

  step(dt_s: number): void {
    this.time_s += dt_s;
    for (const body of [...this.bodies]) {
      if (body.kind === "ship") this.steerShip(body, dt_s);
      this.fly(body, dt_s);
    }
  }

  kill(victim: number, killer: number): void {
    const ship = this.bodies.find((body) => body.owner === victim && body.kind === "ship");
    if (ship === undefined || ship.dead_s > 0) return;
    ship.dead_s = 2;
    this.events.push({ name: "kill", body: { killer, victim, assists: [], bounces: victim % 4 } });
    const credited = this.players.get(killer);
    if (credited !== undefined) Object.assign(credited, { score: credited.score + 100 });
  }

  /** A pulse from one's own ship, and one from somebody near that hits it. */
  beams(): GameEvent[] {
    const me = this.me;
    if (me === null) return [];
    const [dx, dy] = [Math.cos(me.angle), Math.sin(me.angle)];
    const other = this.bodies.find((body) => body.kind === "ship" && !body.mine && Math.hypot(body.x - me.x, body.y - me.y) < 420);
    const beams = [{ player: 1, x: me.x, y: me.y, to_x: me.x + 480 * dx, to_y: me.y + 480 * dy, hit: 0 }];
    if (other) beams.push({ player: other.owner, x: other.x, y: other.y, to_x: me.x, to_y: me.y, hit: 1 });
    return beams.map((body) => ({ name: "pulse", body }));
  }

  private addPlayer(index: number): void {
    const name = NAMES[index % NAMES.length] + (index >= NAMES.length ? " II" : "");
    const score = 1800 - 70 * index;
    this.players.set(index + 1, {
      id: index + 1, name, colour: index % 12, bot: index > 3, team: 0, score,
      counts: [score, Math.round(score / 110), index % 7], ping_ms: 12 + 9 * index,
    });
    const status = 15 - (index % 12) + [0, SHIELD_BIT, 0, PROTECTED_BIT, RAPID_BIT, 0][index % 6]!;
    this.add("ship", { owner: index + 1, status, x: 500 + ((index * 397) % 1050), y: 560 + ((index * 271) % 900) });
  }

  private add(kind: string, changes: Partial<Body>): void {
    const id = this.next_id++;
    const turn = id * 2.399;
    const speed = kind === "ship" ? 200 : 30;
    this.bodies.push({
      id, kind, variant: 0, owner: 0, status: 0, x: 420 + ((id * 331) % 1200), y: 420 + ((id * 577) % 1200),
      vx: speed * Math.cos(turn), vy: speed * Math.sin(turn), angle: turn, colour: "owner", label: "", radius: 16, thrust: { x: 0, y: 0 }, mine: false,
      spin: 0, reload_s: (id % 7) / 7, dead_s: 0, ...changes,
    });
  }

  private steerShip(ship: Body, dt_s: number): void {
    if (ship.dead_s > 0) {
      ship.dead_s -= dt_s;
      return;
    }
    const turn = this.time_s * (0.4 + (ship.id % 5) * 0.13) + ship.id;
    ship.angle = turn * 1.3;
    ship.thrust = ship.id % 4 === 3 ? { x: 0, y: 0 } : { x: Math.cos(turn), y: Math.sin(turn) };
    ship.vx += (ship.thrust.x * 340 - ship.vx * 0.9) * dt_s;
    ship.vy += (ship.thrust.y * 340 - ship.vy * 0.9) * dt_s;
    const boosting = Math.sin(this.time_s * 0.9 + ship.id * 1.7) > 0.93;
    ship.status = boosting ? ship.status | BOOSTING_BIT : ship.status & ~BOOSTING_BIT;
    ship.reload_s -= dt_s;
    if (ship.reload_s <= 0) this.shoot(ship);
    if (!ship.mine && Math.sin(this.time_s * 0.31 + ship.id * 12.9) > 0.9999) this.kill(ship.owner, (ship.owner % 24) + 1);
  }

  private shoot(ship: Body): void {
    ship.reload_s = 0.45 + (ship.id % 5) * 0.12;
    const [dx, dy] = [Math.cos(ship.angle), Math.sin(ship.angle)];
    this.add("shot", { owner: ship.owner, x: ship.x + 20 * dx, y: ship.y + 20 * dy, vx: 900 * dx, vy: 900 * dy });
  }

  private fly(body: Body, dt_s: number): void {
    body.x += body.vx * dt_s;
    body.y += body.vy * dt_s;
    if (body.kind !== "ship") body.angle += body.spin * dt_s;
    const low = body.kind === "shot" ? 560 : MARGIN + 60;
    const high = body.kind === "shot" ? 1480 : SIZE - MARGIN - 60;
    const bounced_x = (body.x < low && body.vx < 0) || (body.x > high && body.vx > 0);
    const bounced_y = (body.y < low && body.vy < 0) || (body.y > high && body.vy > 0);
    if (bounced_x) body.vx = -body.vx;
    if (bounced_y) body.vy = -body.vy;
    if ((bounced_x || bounced_y) && body.kind === "shot") this.bounce(body);
  }

  private bounce(shot: Body): void {
    if (shot.status >= 3) this.bodies.splice(this.bodies.indexOf(shot), 1);
    else shot.status += 1;
  }
}
