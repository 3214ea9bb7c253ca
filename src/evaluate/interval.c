/* Exact intervals of counts and shares.
 *
 * A bound is the parameter at which the tail beyond what was seen has the probability left over.
 * The tails are the incomplete gamma and beta functions:
 *
 *   Poisson   P(N ≥ k | x) = P(k, x)              binomial   P(N ≥ k | p) = I_p(k, n − k + 1)
 *
 * and both rise with the parameter, so halving an interval finds it.
 * Source of the series and continued fractions: Abramowitz and Stegun 6.5.29, 6.5.31, 26.5.8. */

#include <math.h>

#include "nayose/evaluate.h"

/* A fraction converges in some multiples of the square root of its parameters. */
enum { TERMS_MAX = 1000000 };
static const double accuracy = 1e-15;
static const double tiny = 1e-300; /* stands for 0 as a divisor */

/* log Γ(x), x > 0: Stirling's series (6.1.41) above 16. The C library's own writes a global. */
static double log_gamma(double x)
{
    const double half_log_2pi = 0.91893853320467274178;
    double below = 1;
    double inverse;
    double square;

    while (x < 16) {
        below *= x;
        x += 1;
    }
    inverse = 1 / x;
    square = inverse * inverse;
    return (x - .5) * log(x) - x + half_log_2pi - log(below) +
           inverse * (1. / 12 - square * (1. / 360 - square * (1. / 1260 - square / 1680)));
}

/* ---- continued fractions: b0 + a1/(b1 + a2/(b2 + …)), from the front (Lentz) ---- */

struct fraction {
    double value, c, d;
};

static double not_zero(double x)
{
    return fabs(x) < tiny ? tiny : x;
}

static void fraction_begin(struct fraction *f, double b0)
{
    f->value = f->c = not_zero(b0);
    f->d = 0;
}

/* The next a and b; true while it still changes the value. */
static bool fraction_step(struct fraction *f, double a, double b)
{
    double change;

    f->d = 1 / not_zero(b + a * f->d);
    f->c = not_zero(b + a / f->c);
    change = f->c * f->d;
    f->value *= change;
    return fabs(change - 1) > accuracy;
}

/* ---- tails ---- */

/* P(a, x): of an integer a, the probability of a or more events where x are expected. */
static double poisson_tail(double x, double a, double unused)
{
    double front = exp(a * log(x) - x - log_gamma(a));

    (void)unused;
    if (x < a + 1) { /* the series converges faster here */
        double term = 1 / a;
        double sum = term;

        for (int i = 1; i < TERMS_MAX && term > sum * accuracy; i++) {
            term *= x / (a + i);
            sum += term;
        }
        return front * sum;
    }
    {
        struct fraction f;

        fraction_begin(&f, x + 1 - a);
        for (int i = 1; i < TERMS_MAX && fraction_step(&f, -i * (i - a), x + 2 * i + 1 - a); i++) {
        }
        return 1 - front / f.value;
    }
}

/* The fraction of I_x(a, b), for x below about a / (a + b). */
static double beta_fraction(double x, double a, double b)
{
    struct fraction f;
    bool more = true;

    fraction_begin(&f, 1);
    for (int i = 0; i < TERMS_MAX && more; i++) {
        double m = i;

        more = fraction_step(&f, -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1);
        m = i + 1;
        more = fraction_step(&f, m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1) || more;
    }
    return f.value;
}

/* I_p(a, b): of integers, the probability of a or more hits in a + b − 1 trials. */
static double binomial_tail(double p, double a, double b)
{
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(p) + b * log1p(-p));

    if (p < (a + 1) / (a + b + 2)) {
        return front / (a * beta_fraction(p, a, b));
    }
    return 1 - front / (b * beta_fraction(1 - p, b, a));
}

/* ---- bounds ---- */

typedef double (*tail_fn)(double parameter, double a, double b);

/* Where a rising tail reaches `probability` between low and high. */
static double solve(tail_fn tail, double a, double b, double low, double high, double probability)
{
    while (high - low > 1e-12 * high) {
        double middle = low + (high - low) / 2;

        if (tail(middle, a, b) < probability) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

static double poisson_bound(double a, double probability)
{
    double high = 2 * a + 1;

    while (poisson_tail(high, a, 0) < probability) {
        high *= 2;
    }
    return solve(poisson_tail, a, 0, 0, high, probability);
}

double ny_poisson_upper(uint64_t count, double confidence)
{
    NY_ASSERT(confidence > 0 && confidence < 1);
    return poisson_bound((double)count + 1, confidence);
}

struct ny_interval ny_poisson_interval(uint64_t count, double confidence)
{
    double left_over = (1 - confidence) / 2;

    return (struct ny_interval){count == 0 ? 0 : poisson_bound((double)count, left_over),
                                ny_poisson_upper(count, 1 - left_over)};
}

double ny_binomial_upper(uint64_t hits, uint64_t n, double confidence)
{
    NY_ASSERT(hits <= n && confidence > 0 && confidence < 1);
    return hits == n ? 1
                     : solve(binomial_tail, (double)hits + 1, (double)(n - hits), 0, 1, confidence);
}

struct ny_interval ny_binomial_interval(uint64_t hits, uint64_t n, double confidence)
{
    double left_over = (1 - confidence) / 2;

    return (struct ny_interval){
        hits == 0 ? 0 : solve(binomial_tail, (double)hits, (double)(n - hits) + 1, 0, 1, left_over),
        ny_binomial_upper(hits, n, 1 - left_over)};
}
