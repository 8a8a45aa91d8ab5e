/**
 * What a client of Ricochet is made with; README.md begins at the beginning.
 *
 *     const client = await connect("ws://127.0.0.1:8000/play", { name: "Ada", controls });
 *     client.enter();                              // quick play
 *     const scene = client.see();                  // in each frame: what to draw, one's own ship foreseen
 *     for (const event of client.happened()) …     // and what has happened
 *
 * `connect` is a `Client` and `attend`, which keeps it going in a page. A client is a `Connection`, the socket and where one is on the
 * server, and a `Play` for each stay in a room, of which a `Picture` makes scenes. Each can be used without the next.
 * Units: world units (y down), radians, seconds, ticks and milliseconds as named.
 */

export { attend } from "./attend";
export { Backoff, comesBackAfter } from "./backoff";
export { Client, type ClientOptions } from "./client";
export { CLIP_AFTER_S, CLIP_BEFORE_S, type Clip, type Ending } from "./clip";
export { jsonCodec, msgpackCodec, type Codec } from "./codec";
export { connect, type ConnectOptions } from "./connect";
export { Connection } from "./connection";
export {
  NOTHING, slainIn, worded, type Column, type Control, type Description, type HudLine, type Kill, type Look as KindLook, type News, type Piece,
  type Slain, type Team,
} from "./description";
export type { Summary } from "./figures";
export { HISTORY_BYTES_MAX, HISTORY_EVENTS_MAX, HISTORY_S, History } from "./history";
export type { Wish } from "./itinerary";
export type {
  Browse, ChatLine, ClientMessage, Edit, Edited, Enrolled, Enter, GameInfo, Happening, LobbyNews, Open, PodiumInfo, Point as PointMessage,
  Pointed, Pointer, Refusal, RoomInfo, ServerMessage, Welcome,
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
export { Redrawn } from "./redrawn";
export {
  BOOSTING_BIT, CRATE_SIZE, MARKED_BIT, PICKUP_RADIUS, PROTECTED_BIT, RAPID_BIT, SHIELD_BIT, SHIP_RADIUS, VIEW_REACH, shipStatus,
} from "./scene";
export type {
  Arena, ChatTo, ChatView, Controls, ControlSample, Drawn, GameEvent, Gauges, Lens, LinkState, Look, Match, PlayerInfo, Point, Said,
  Scene, ShipStatus, Standing, Stay, Vec, Weather, Wishes,
} from "./scene";
export { bringsToken, dropToken, takeToken } from "./token";
