/* The engine as prediction in a browser needs it: one space, and a table of bodies whose states both sides see.

   A module instance holds one space. Fixed parts are added first. Bodies have slots, numbered from 1 (0 is the arena, as in
   the server's contacts), and a row of six doubles each in `states`: x, y, vx, vy, angle, spin. After a step the rows
   say what is; to change a body, its row is written first and one of enter, move and push is called then.

   enter   puts a body into the space as new: whatever the engine remembered of its contacts is forgotten
   move    changes its whole state, and leaves what the engine remembers
   push    changes its velocity and spin only: what steering does
   leave   takes it out, and frees the slot

   Nothing here decides anything: numbers such as masses and categories come from physics.ts, the rule of
   motion is motion.ts. Asking for more slots or corners than there are gives slot -1 or traps. */

#include <math.h>
#include <stdint.h>

#include <chipmunk/chipmunk.h>

#include "heap.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { SLOTS = 128, CORNERS_MAX = 32, CONTACTS_MAX = 256 };

typedef struct { double x, y, vx, vy, angle, spin; } State;
typedef struct { int32_t entity, other; } Contact;
typedef struct { double elasticity, friction; cpBool sensor; cpCollisionType type; cpShapeFilter filter; } Surface;

static cpSpace *space;
static cpShape *shapes[SLOTS]; /* NULL where the slot is free */
static State states[SLOTS];
static cpVect corners[CORNERS_MAX];
static Surface surface;
static Contact contacts[CONTACTS_MAX];
static int32_t contact_count;
static cpCollisionType ship_type;

EXPORT(slots) int32_t slot_count(void) { return SLOTS; }
EXPORT(corners_max) int32_t corners_max(void) { return CORNERS_MAX; }
EXPORT(states) State *states_at(void) { return states; }
EXPORT(corners) cpVect *corners_at(void) { return corners; }
EXPORT(contacts) Contact *contacts_at(void) { return contacts; }
EXPORT(contact_count) int32_t contacts_noted(void) { return contact_count; }

/* turn.c's, for a test to hold them to the server's. */
EXPORT(sine) double sine(double angle) { return sin(angle); }
EXPORT(cosine) double cosine(double angle) { return cos(angle); }

/* What has to be copied to keep a space: everything between these two, for the stack is empty between calls. */
extern unsigned char __global_base;
EXPORT(kept_from) unsigned char *kept_from(void) { return &__global_base; }
EXPORT(kept_to) unsigned char *kept_to(void) { return heap_end(); }

/* Chipmunk's complaints are all assertions: whoever calls it wrongly hears a trap. */
void
cpMessage(const char *condition, const char *file, int line, int is_error, int is_hard, const char *message, ...)
{
	(void)condition, (void)file, (void)line, (void)is_hard, (void)message;
	if(is_error) __builtin_trap();
}

static int32_t
slot_of(const cpShape *shape)
{
	return (int32_t)(intptr_t)cpShapeGetUserData(shape);
}

static void
note(const cpShape *entity, const cpShape *other)
{
	if(contact_count == CONTACTS_MAX) return;
	contacts[contact_count++] = (Contact){slot_of(entity), slot_of(other)};
}

/* A hit costs hull, not course. */
static void
shot_began(cpArbiter *arbiter, cpSpace *in, cpDataPointer shot_type)
{
	(void)in;
	cpShape *shot, *other;
	cpArbiterGetShapes(arbiter, &shot, &other);
	if(cpShapeGetCollisionType(shot) != (cpCollisionType)shot_type){
		cpShape *first = shot;
		shot = other;
		other = first;
	}
	if(cpShapeGetCollisionType(other) == ship_type) cpArbiterSetProcessCollision(arbiter, cpFalse);
	note(shot, other);
}

static void
touch_began(cpArbiter *arbiter, cpSpace *in, cpDataPointer unused)
{
	(void)in, (void)unused;
	cpShape *one, *other;
	cpArbiterGetShapes(arbiter, &one, &other);
	note(one, other);
}

EXPORT(make_space) void
make_space(int32_t iterations, uint32_t ship, uint32_t shot, uint32_t pickup)
{
	space = cpSpaceNew();
	cpSpaceSetIterations(space, iterations);
	cpSpaceSetGravity(space, cpvzero);
	ship_type = ship;
	cpCollisionHandler *shots = cpSpaceAddCollisionHandler(space, shot, CP_WILDCARD_COLLISION_TYPE);
	shots->beginFunc = shot_began;
	shots->userData = (cpDataPointer)(uintptr_t)shot;
	cpSpaceAddCollisionHandler(space, ship, pickup)->beginFunc = touch_began;
}

/* What the shapes made from now on are like. */
EXPORT(set_surface) void
set_surface(
	double elasticity, double friction, int32_t sensor, uint32_t type, uint32_t group, uint32_t categories, uint32_t mask
){
	surface = (Surface){elasticity, friction, sensor != 0, type, {group, categories, mask}};
}

static cpShape *
surfaced(cpShape *shape)
{
	cpShapeSetElasticity(shape, surface.elasticity);
	cpShapeSetFriction(shape, surface.friction);
	cpShapeSetSensor(shape, surface.sensor);
	cpShapeSetCollisionType(shape, surface.type);
	cpShapeSetFilter(shape, surface.filter);
	return shape;
}

/* Corners 0 and 1 are its ends, 2 and 3 the points before and after them in its wall; an end of a wall has itself there. */
EXPORT(add_segment) void
add_segment(double radius)
{
	cpBody *arena = cpSpaceGetStaticBody(space);
	cpShape *segment = cpSegmentShapeNew(arena, corners[0], corners[1], radius);
	cpSegmentShapeSetNeighbors(segment, corners[2], corners[3]);
	cpSpaceAddShape(space, surfaced(segment));
}

EXPORT(add_block) void
add_block(int32_t count)
{
	cpBody *arena = cpSpaceGetStaticBody(space);
	cpSpaceAddShape(space, surfaced(cpPolyShapeNew(arena, count, corners, cpTransformIdentity, 0.0)));
}

/* A free slot, or -1. */
static int32_t
free_slot(void)
{
	for(int32_t slot = 1; slot < SLOTS; slot++) if(!shapes[slot]) return slot;
	return -1;
}

static int32_t
settled(int32_t slot, cpShape *shape)
{
	cpShapeSetUserData(shape, (cpDataPointer)(intptr_t)slot);
	shapes[slot] = surfaced(shape);
	states[slot] = (State){0};
	return slot;
}

/* A slot with a body that is not in the space yet, or -1. One that doesn't turn has no end of moment. */
EXPORT(make_circle) int32_t
make_circle(double mass, int32_t turns, double radius)
{
	int32_t slot = free_slot();
	if(slot < 0) return slot;
	cpBody *body = cpBodyNew(mass, turns ? cpMomentForCircle(mass, 0.0, radius, cpvzero) : INFINITY);
	return settled(slot, cpCircleShapeNew(body, radius, cpvzero));
}

static int32_t
made_polygon(int32_t slot, double mass, int32_t turns, cpBody *body, cpShape *shape)
{
	cpVect hull[CORNERS_MAX];
	int count = cpPolyShapeGetCount(shape);
	for(int i = 0; i < count; i++) hull[i] = cpPolyShapeGetVert(shape, i);
	if(turns) cpBodySetMoment(body, cpMomentForPoly(mass, count, hull, cpvzero, 0.0));
	return settled(slot, shape);
}

EXPORT(make_box) int32_t
make_box(double mass, int32_t turns, double side, double bevel)
{
	int32_t slot = free_slot();
	if(slot < 0) return slot;
	cpBody *body = cpBodyNew(mass, INFINITY);
	return made_polygon(slot, mass, turns, body, cpBoxShapeNew(body, side, side, bevel));
}

EXPORT(make_polygon) int32_t
make_polygon(double mass, int32_t turns, int32_t count, double bevel)
{
	int32_t slot = free_slot();
	if(slot < 0) return slot;
	if(count > CORNERS_MAX) __builtin_trap();
	cpBody *body = cpBodyNew(mass, INFINITY);
	return made_polygon(slot, mass, turns, body, cpPolyShapeNew(body, count, corners, cpTransformIdentity, bevel));
}

static void
read_row(cpBody *body, const State *state)
{
	cpBodySetPosition(body, cpv(state->x, state->y));
	cpBodySetVelocity(body, cpv(state->vx, state->vy));
	cpBodySetAngle(body, state->angle);
	cpBodySetAngularVelocity(body, state->spin);
}

static void
take_out(cpShape *shape, cpBody *body)
{
	if(!cpSpaceContainsBody(space, body)) return;
	cpSpaceRemoveShape(space, shape);
	cpSpaceRemoveBody(space, body);
}

EXPORT(enter) void
enter(int32_t slot)
{
	cpShape *shape = shapes[slot];
	cpBody *body = cpShapeGetBody(shape);
	take_out(shape, body);
	cpBodyUpdatePosition(body, 0.0); /* clears what the solver still owed it for its last contact */
	read_row(body, &states[slot]);
	cpSpaceAddBody(space, body);
	cpSpaceAddShape(space, shape);
}

EXPORT(move) void
move(int32_t slot)
{
	cpBody *body = cpShapeGetBody(shapes[slot]);
	read_row(body, &states[slot]);
	cpSpaceReindexShapesForBody(space, body);
}

EXPORT(push) void
push(int32_t slot)
{
	cpBody *body = cpShapeGetBody(shapes[slot]);
	cpBodySetVelocity(body, cpv(states[slot].vx, states[slot].vy));
	cpBodySetAngularVelocity(body, states[slot].spin);
}

EXPORT(leave) void
leave(int32_t slot)
{
	cpShape *shape = shapes[slot];
	cpBody *body = cpShapeGetBody(shape);
	take_out(shape, body);
	cpShapeFree(shape);
	cpBodyFree(body);
	shapes[slot] = NULL;
}

static void
add_type(cpBody *body, cpArbiter *arbiter, cpDataPointer types)
{
	(void)body;
	cpShape *own, *other;
	cpArbiterGetShapes(arbiter, &own, &other);
	*(uint32_t *)types |= (uint32_t)cpShapeGetCollisionType(other);
}

/* The types, which are bits, of all that a body touches after the last step. */
EXPORT(touched) uint32_t
touched(int32_t slot)
{
	uint32_t types = 0;
	cpBodyEachArbiter(cpShapeGetBody(shapes[slot]), add_type, &types);
	return types;
}

/* How far along the way from one place to another something of this radius gets, 0 to 1, before it meets what is of these categories. */
EXPORT(reach) double
reach(double ax, double ay, double bx, double by, double radius, uint32_t mask)
{
	cpShapeFilter filter = {CP_NO_GROUP, CP_ALL_CATEGORIES, mask};
	cpSegmentQueryInfo info;
	return cpSpaceSegmentQueryFirst(space, cpv(ax, ay), cpv(bx, by), radius, filter, &info) ? info.alpha : 1.0;
}

static void
write_rows(void)
{
	for(int32_t slot = 1; slot < SLOTS; slot++){
		if(!shapes[slot]) continue;
		const cpBody *body = cpShapeGetBody(shapes[slot]);
		cpVect p = cpBodyGetPosition(body), v = cpBodyGetVelocity(body);
		states[slot] = (State){p.x, p.y, v.x, v.y, cpBodyGetAngle(body), cpBodyGetAngularVelocity(body)};
	}
}

EXPORT(step) void
step(double dt, int32_t times)
{
	contact_count = 0;
	for(int32_t i = 0; i < times; i++) cpSpaceStep(space, dt);
	write_rows();
}
