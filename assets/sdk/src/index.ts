/**
 * What a client is made with. See `Connection` for the socket, `Play` for one stay in one room, `Picture` for what to draw.
 *
 *     const connection = new Connection(…, { heard, changed });
 *     heard(message):  a `welcome` begins a new `Play`; everything else is for it to `take`
 *     every 8 ms:      `play.step(now)` takes the ticks that are due
 *     every frame:     `new Picture(play).take(now, connection.link(now))` is what there is to see
 */

export { Backoff, comesBackAfter } from "./backoff";
export { jsonCodec, msgpackCodec, type Codec } from "./codec";
export { Connection } from "./connection";
export {
  NOTHING, worded, type Column, type Control, type Description, type HudLine, type Look as KindLook, type News, type Piece, type Team,
} from "./description";
export type { Summary } from "./figures";
export type {
  ChatLine, ClientMessage, Edit, Edited, Enrolled, Happening, Point as PointMessage, Pointed, Pointer, Refusal, ServerMessage, Welcome,
} from "./messages";
export { Draft } from "./draft";
export {
  KINDS, PIECES_MAX, Refused, STEPS_MAX, apply, arenaOf, planChecksum, pointsOf, rounded, sent, whole,
} from "./plan";
export type { Fields, Piece as PlanPiece, PieceKind, Plan, Sent, Step } from "./plan";
export { PERFECT } from "./netsim";
export { CannotForesee, loadEngine, type Engine } from "./physics";
export { Picture } from "./picture";
export { Play, type OwnDrawn } from "./play";
export {
  BOOSTING_BIT, CRATE_SIZE, MARKED_BIT, PICKUP_RADIUS, PROTECTED_BIT, RAPID_BIT, SHIELD_BIT, SHIP_RADIUS, VIEW_REACH, shipStatus,
} from "./scene";
export type {
  Arena, ChatTo, ChatView, Controls, ControlSample, Drawn, GameEvent, Gauges, Lens, LinkState, Look, Match, PlayerInfo, Point, Said,
  Scene, ShipStatus, Standing, Vec, Weather, Wishes,
} from "./scene";
export { takeToken } from "./token";
