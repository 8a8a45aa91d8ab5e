/* sin and cos to the bits that the server's engine gets.

   The engine turns a body's angle into a rotation with the C library's sin and cos. These are not the same everywhere:
   the ones that come with a WebAssembly compiler, and a browser's Math.sin, differ in one of thirty results from those
   of glibc, on which servers run; only in the last bit, but a rock that tumbles would be off within a second.
   So here they are computed as glibc does since 2.28 on processors with fused multiply-add: with the same table
   (sines and cosines of k/128, in two parts each), the same polynomials and the same order of rounding.

   An angle's rest r beyond the nearest k/128 is small, and
       sin(k/128 + r) = sin(k/128) cos(r) + cos(k/128) sin(r)       with short polynomials for sin(r) and cos(r).
   WebAssembly has no fused multiply-add; `fused` gets its bits from doubles.

   Where the server's C library is another one, rotations may differ in their last bit; ships, shots and walls
   don't depend on any. */

#include <stdint.h>
#include <string.h>

#include "sines.h" /* made by build.py: SINES[k] = {sin, its rest, cos, its rest} of k/128 */

static const double S1 = -0x1.5555555555555p-3, S2 = 0x1.1111111110ecep-7, S3 = -0x1.a01a019db08b8p-13,
	S4 = 0x1.71de27b9a7ed9p-19, S5 = -0x1.addffc2fcdf59p-26;
static const double SN3 = -0x1.5555555555515p-3, SN5 = 0x1.11110e829872fp-7;
static const double CS4 = -0x1.5555555555535p-5, CS6 = 0x1.6c16bedd9e239p-10;

static const double HALF_PI_HIGH = 0x1.921fb54442d18p+0, HALF_PI_LOW = 0x1.1a62633145c07p-54;
static const double TWO_OVER_PI = 0x1.45f306dc9c883p-1;
/* Half of pi in four parts of few bits. */
static const double QUARTER_1 = 0x1.921fb58p+0, QUARTER_2 = -0x1.dde973cp-27, QUARTER_3 = -0x1.cb3b398p-55,
	QUARTER_4 = -0x1.d747f23e32ed7p-83;

static const double TO_128THS = 0x1.8p+45, TO_WHOLES = 0x1.8p+52; /* adding and subtracting these rounds */
static const double TINY = 0x1p-27, SMALL = 0.126, DIRECT = 0x1.b6p-1, FOLDED = 0x1.368fdp+1, LARGE = 105414350.0;

static uint64_t
bits_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static double
double_of(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

typedef struct { double sum, rest; } Exact;

static inline Exact
exact_sum(double a, double b)
{
	double sum = a + b;
	double b_part = sum - a;
	return (Exact){sum, (a - (sum - b_part)) + (b - b_part)};
}

static inline Exact
exact_product(double a, double b)
{
	const double split = 0x1p27 + 1.0;
	double a_cut = split*a, b_cut = split*b;
	double a_high = a_cut - (a_cut - a), b_high = b_cut - (b_cut - b);
	double a_low = a - a_high, b_low = b - b_high;
	double product = a*b;
	return (Exact){product, ((a_high*b_high - product) + a_high*b_low + a_low*b_high) + a_low*b_low};
}

/* a·b + c, rounded once. Boldo and Melquiond: the small parts are added with rounding to odd. */
static inline double
fused(double a, double b, double c)
{
	Exact product = exact_product(a, b);
	Exact low = exact_sum(c, product.rest);
	Exact high = exact_sum(product.sum, low.sum);
	Exact odd = exact_sum(low.rest, high.rest);
	uint64_t bits = bits_of(odd.sum);
	if(odd.rest != 0.0 && !(bits & 1)) odd.sum = double_of((odd.rest > 0.0) == (odd.sum > 0.0) ? bits + 1 : bits - 1);
	return high.sum + odd.sum;
}

/* The sine of x + dx, where dx is the rest of x. */
static double
sine_of(double x, double dx)
{
	double size = __builtin_fabs(x);
	if(size < SMALL){
		double xx = x*x;
		double sum = fused(fused(fused(fused(S5, xx, S4), xx, S3), xx, S2), xx, S1);
		return x + fused(xx, fused(sum, x, -(0.5*dx)), dx);
	}
	if(x <= 0.0) dx = -dx;
	double to = TO_128THS + size;
	const double *near = SINES[(uint32_t)bits_of(to)];
	double r = size - (to - TO_128THS), rr = r*r;
	double s = r + fused(r*rr, fused(rr, SN5, SN3), dx);
	double c = fused(r, dx, rr*fused(rr, fused(rr, CS6, CS4), 0.5));
	double rest = fused(s, near[2], fused(-c, near[0], fused(s, near[3], near[1])));
	return __builtin_copysign(near[0] + rest, x);
}

static double
cosine_of(double x, double dx)
{
	double size = __builtin_fabs(x);
	if(x < 0.0) dx = -dx;
	double to = TO_128THS + size;
	const double *near = SINES[(uint32_t)bits_of(to)];
	double r = (size - (to - TO_128THS)) + dx, rr = r*r;
	double s = fused(r*rr, fused(rr, SN5, SN3), r);
	double c = rr*fused(rr, fused(rr, CS6, CS4), 0.5);
	double rest = fused(-s, near[0], fused(-c, near[2], fused(-s, near[1], near[3])));
	return near[2] + rest;
}

typedef struct { double angle, sine, cosine; } Turn;

static Turn
turn_of(double angle)
{
	double size = __builtin_fabs(angle);
	if(size < TINY) return (Turn){angle, angle, 1.0};
	if(size < DIRECT) return (Turn){angle, sine_of(angle, 0.0), cosine_of(angle, 0.0)};
	if(size < FOLDED){
		double y = HALF_PI_HIGH - size;
		double a = y + HALF_PI_LOW;
		double da = (y - a) + HALF_PI_LOW;
		return (Turn){angle, __builtin_copysign(cosine_of(a, da), angle), sine_of(a, da)};
	}
	if(!(size < LARGE)) return (Turn){angle, 0.0, 1.0}; /* a million turns: nothing spins that long */

	double to = fused(angle, TWO_OVER_PI, TO_WHOLES);
	double quarters = to - TO_WHOLES;
	double y = fused(-quarters, QUARTER_2, fused(-quarters, QUARTER_1, angle));
	double near = fused(-quarters, QUARTER_3, y);
	double near_rest = fused(-quarters, QUARTER_3, y - near);
	double a = fused(-quarters, QUARTER_4, near);
	double da = near_rest + fused(-quarters, QUARTER_4, near - a);
	switch((int)(bits_of(to) & 3)){
		case 0: return (Turn){angle, sine_of(a, da), cosine_of(a, da)};
		case 1: return (Turn){angle, cosine_of(a, da), -sine_of(a, da)};
		case 2: return (Turn){angle, -sine_of(a, da), -cosine_of(a, da)};
		default: return (Turn){angle, -cosine_of(a, da), sine_of(a, da)};
	}
}

/* The engine asks for both, one after the other. */
static Turn last = {0.0, 0.0, 1.0};

static const Turn *
turned(double angle)
{
	if(bits_of(angle) != bits_of(last.angle)) last = turn_of(angle);
	return &last;
}

double
sin(double angle)
{
	return turned(angle)->sine;
}

double
cos(double angle)
{
	return turned(angle)->cosine;
}
