/* The same nights as vallum's kernels, written by hand in C: the yardstick of `python -m bench`.
 *
 * Same rules, same slots of chance (rule F3), same algorithms, every feature but the books of traced futures.
 * Rule numbers are those of the model. Compiled with -O3 -march=native -ffp-contract=off: products and sums may
 * not be fused, for the counts must come out equal to the last one.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;
typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;

/* --- what is given: the arrays of a Problem, each with the length of its first axis ---------------------------- */

#define ARRAY(type, name) const type *name; i64 name##_rows;
typedef struct {
    i64 futures, days, classes, types, layers, batteries, systems, magazines, assets, eras, looks;
    ARRAY(u64, chains) ARRAY(i64, raid_start) ARRAY(i64, raid_counts) i64 waves;
    ARRAY(u64, class_word) ARRAY(i64, priority) ARRAY(double, decoy_share) ARRAY(i64, decoy_count)
    ARRAY(double, fail) ARRAY(i64, fail_before) ARRAY(i64, single)
    ARRAY(u64, asset_word) ARRAY(double, target_cut) ARRAY(double, target_share) i64 allocation;
    ARRAY(double, shift) ARRAY(i64, country) ARRAY(i64, asset_rank) ARRAY(double, asset_people) i64 order;
    ARRAY(i64, layer_kind) ARRAY(u64, layer_word) ARRAY(i64, layer_start) ARRAY(i64, salvo) i64 spread;
    ARRAY(double, track) ARRAY(double, success)
    ARRAY(u64, battery_word) ARRAY(i64, battery_from) ARRAY(i64, battery_system) ARRAY(i64, teams)
    ARRAY(i64, channels) ARRAY(double, cover_low) ARRAY(double, cover_high) ARRAY(double, availability)
    ARRAY(double, repair) ARRAY(double, reliability) i64 scope; ARRAY(double, loss) ARRAY(i64, loss_to_depot)
    ARRAY(i64, loads) ARRAY(i64, reserve) ARRAY(double, kill) ARRAY(i64, era_start)
    ARRAY(i64, magazine) ARRAY(i64, room_ready) ARRAY(i64, room_reload) ARRAY(i64, reload_rate)
    ARRAY(double, weight) ARRAY(i64, magazine_rank) i64 transit; ARRAY(i64, stock) ARRAY(i64, arrivals)
    i64 massed;
    i64 track_eras, success_eras, reliability_eras;
} Problem;

/* --- what is counted: the sheets behind a Tally ----------------------------------------------------------------- */

typedef struct {
    i64 *by_class, *by_type, *first_empty, *asset_leaked, *asset_first_dry;
    double *people;
    i64 *stock, *day_class, *day_type;
} Sheets;

enum { BATTERY, SOFT, TEAM };
enum { ARRIVAL, RANDOM_ASSET, BY_WEIGHT };
enum { BY_BATTERY, BY_LAYER, BY_DEFENCE };
enum { MISSED, DRY, HELD, SATURATED, BLIND, UNCOVERED, REASONS };
enum { FULL, TREATED, UNSEEN, OPEN, STATES };
enum { NOT_ENGAGED, SHOT, STARVED };
enum { SAW_DRY = 1, SAW_HELD = 2, SAW_FULL = 4, SAW_NOTHING = 8 };
enum { CAME_HERE, SHOTS_HERE, DRY_HERE, PLACE_COLUMNS };
enum { WITH_BATTERY, LOST_WITH_BATTERY, BACK_TO_DEPOT };
#define NEVER (1LL << 30)

typedef struct {
    i64 launched[2], stopped[2], failed[2], leaked[REASONS][2], thin, shot_at, shot_stopped, first_dry,
        first_dry_national, dry_nights, massed_dry, raid_nights, clean_nights;
} ByClass;
typedef struct { i64 used, kills, unmet, lost; } ByType;
typedef struct { i64 launched, stopped, leaked, dry; } DayClass;
typedef struct { i64 used, wanted; } DayType;
typedef struct { double attacked, spared; } People;

/* --- one future --------------------------------------------------------------------------------------------------- */

/* What a threat has been through, in one word. The lowest five bits tell why it leaked, if nothing was fired at it;
 * the upper half counts the shots. */
enum { STATE_WHY = 31, STATE_TREATED = 16, STATE_SHORT = 32, STATE_DECOY = 64, STATE_HIT = 128, STATE_OUT = 256 };
#define KILL_OF_HIT ((1ULL << 32) / STATE_HIT)
enum { STATE_GONE = STATE_HIT | STATE_OUT, ONE_SHOT = 1 << 16 };
#define FEW 8
#define ALL_MARKS (1ULL << 52)
#define NOBODY UINT32_MAX
#define NO_TYPE UINT32_MAX
typedef struct {
    u64 name; double decoy_share, fail_share; i64 decoy_count; u64 fail; u8 fail_before, single, decoyed;
} Class;
/* Each layer begins with a word of its own in the sets of batteries, so most layers are one word. */
typedef struct { u64 name; i64 treated; u32 first, last, first_word, last_word; u8 kind; } Layer;
/* A battery that may reach a country against a class: the locations from low to below high. */
typedef struct { double low, high; u32 battery; } Reach;
typedef struct { i64 reserve; u32 cell, type; } Load;

/* Arrays of threats, of cells of a type, of batteries and of counts by asset are filled up to whole steps of LANES.
 * Flags are as wide as what they are compared with: stores of bytes could be stores to anything. */
typedef struct {
    const Problem *p;
    int C, T, L, B, M, A, S, K, cells, guide_bits;
    int words, wide, sites;      /* of 64 bits, a bit for each battery; assets filled up; places of threats filled up */
    Class *class;
    Layer *layer;
    /* batteries */
    const u64 *battery_name;
    double *repair, *share;
    u64 *luck, *fit, *loss, *reliability; /* marks below which */
    u64 *name, *stands, *bit;
    i64 *start, *channels, *teams, *spare; /* spare: channels that are free in this wave */
    u32 *magazine_of, *word_of;
    u8 *armed, *to_depot, *begun, *broken, *gone, *sighted;
    u64 *stand_bits, *able_bits, *full_bits, *round_bits, *no_channel_bits;
    /* cells: the rounds of one type in one magazine that has room for it; by type, and in the order of ties */
    i64 *ready, *reload, *moving, *had, *room_ready, *room;
    double *weight;
    u32 *cell_magazine, *cell_type, *cells_start, *rooms;
    u32 *cell_of;                /* by magazine and type; `rooms` are the real cells of each type */
    u8 *cell_is_real;            /* the others fill a type up, and have no room */
    double *held, *free, *given, *last, *following;
    /* magazines */
    i64 *open, *rate, *left;
    u8 *fate, *counts, *filled;
    u64 *fired;                  /* by type: shots of this night, and in the upper half those that killed */
    i64 *depot, *country, *pipe; /* pipe: by cell and day of transit */
    /* who may reach whom with what */
    u64 *reach_bits;             /* [c][a][words], but of countries; then of threats in countries */
    u32 *reach_start;            /* [c][a], and one beyond: rows of reach, of countries */
    Reach *reach;
    Load *load;                  /* [c][T][b]; NO_TYPE beyond the last */
    u32 *first_type;             /* [k][c] what the layer fires first at the class; NO_TYPE where batteries differ */
    u8 *may_fire, *serves, *fires, *is_country;
    const u64 *asset_name;
    /* threats */
    u64 *word, *place_word, *shots_word, *mark;
    u64 *guards, *watchers;      /* batteries of the layer that stand and reach it; of these, those that see */
    double *location;
    u32 *asset, *row, *state, *turn, *out, *plan, *flag; /* row: where its reach bits begin;
        out: whom a layer stopped */
    /* threats that a layer sees, in their turns */
    u32 *queue, *wanted_type, *gun, *engaged;
    u32 *guide;
    u64 *target_mark;            /* [c][a] */
    int32_t *came, *leaked;      /* [c][wide]: real threats, real leakers of this night */
    int32_t *attacked, *harmed;  /* [c][wide]: nights with a real threat, with a real leaker */
    i64 *raided, *harm;          /* [c]: real threats, real leakers of this night */
    int32_t *place;              /* [c][PLACE_COLUMNS][sites filled up]: so several sites are looked at at a time */
    u8 *placed;                  /* [c]: whether somebody was counted at a place */
    i64 group[2][STATES];
    /* rows of this future */
    const double *target_cut, *target_share, *cover_high, *track, *success;
    u64 *kill;                   /* [t][c] marks */
    u64 *track_mark;             /* [k][c] */
    u64 shift;
    const i64 *arrivals;
    int shifts, losses, fallible, steady, blindable, slow, countries;
    ByClass *by_class;
    ByType *by_type;
    DayClass *day_class;
    DayType *day_type;
    People *people;
    i64 *asset_leaked, *asset_first_dry, *stock, *first_empty;
} Future;

/* --- dice (F3) --------------------------------------------------------------------------------------------------- */

typedef struct {
    u64 raids, fit, repair, place, location, shift, wave, decoy, fail, track, reliability, defence, soft, loss,
        asset_order, group;
} Words;
static Words W;

static inline u64 fold(u64 chain, u64 part) {
    u64 z = (chain ^ part) + 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* The mark of a chain is m, and its uniform (m + 1/2) / 2^52. */
static inline u64 mark_of(u64 chain) { return chain >> 12; }
static inline double uniform(u64 chain) { return ((double)(i64)(chain >> 12) + 0.5) * 0x1p-52; }
/* A uniform is below p if and only if its mark is below this: no rounding, for 2^52 p is exact. */
static u64 marks_below(double p) {
    return p <= 0.0 ? 0 : p >= 1.0 ? 1ULL << 52 : (u64)ceil(p * 0x1p52 - 0.5);
}
static inline i64 min_of(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 max_of(i64 a, i64 b) { return a > b ? a : b; }
/* The next multiple of LANES: of what nobody asks for, a whole step costs less than the rest one by one. */
enum { LANES = 8 };
static inline int filled_up(int n) { return (n + LANES - 1) & -LANES; }
#define INLINE static inline __attribute__((always_inline))
/* Sums may be taken in any order. */
#define LOOSE __attribute__((optimize("fast-math")))

/* Smallest k with P(Binomial(n, p) <= k) >= u, by recurrence from the mode (F4). */
static i64 binomial_quantile(double u, i64 n, double p) {
    if (n <= 0 || p <= 0.0) return 0;
    if (p >= 1.0) return n;
    const double odds = p / (1.0 - p), negligible = 1e-18;
    const i64 mode = min_of(n, (i64)((double)(n + 1) * p));
    i64 low = mode, high = mode, k = mode;
    double down = 1.0, up = 1.0, below = 0.0, above = 1.0, term = 1.0;
    while ((low > 0 && down > negligible) || (high < n && up > negligible)) {
        if (low > 0 && down > negligible) {
            down = down * low / ((double)(n - low + 1) * odds);
            below += down;
            low--;
        }
        if (high < n && up > negligible) {
            up = up * ((double)(n - high) * odds) / (double)(high + 1);
            above += up;
            high++;
        }
    }
    const double goal = u * (below + above);
    double reached;
    if (goal > below) {
        reached = below + term;
        while (reached < goal && k < high) {
            term = term * ((double)(n - k) * odds) / (double)(k + 1);
            reached += term;
            k++;
        }
        return k;
    }
    reached = below;
    while (k > low) {
        term = term * k / ((double)(n - k + 1) * odds);
        k--;
        reached -= term;
        if (reached < goal) break;
    }
    return k;
}

/* Smallest k with P(k or fewer of the drawn are marked) >= u (F4, E9). */
static i64 hypergeometric_quantile(double u, i64 marked, i64 others, i64 drawn) {
    const i64 low = max_of(0, drawn - others), high = min_of(drawn, marked);
    const i64 mode = min_of(high, max_of(low, (i64)((drawn + 1.0) * (marked + 1.0) / (marked + others + 2.0))));
    double first = 1.0, total = 0.0, weight, reached = 0.0;
    for (i64 k = mode; k > low; k--) first = first * k * (others - drawn + k) / ((marked - k + 1.0)
        * (drawn - k + 1.0));
    weight = first;
    for (i64 k = low; k <= high; k++) {
        total += weight;
        weight = weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0));
    }
    const double goal = u * total;
    weight = first;
    for (i64 k = low; k < high; k++) {
        reached += weight;
        if (reached >= goal) return k;
        weight = weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0));
    }
    return high;
}

/* --- mornings (C1, S5, W4, W6) ----------------------------------------------------------------------------------- */

static void land(Future *f, int day) {
    const int transit = (int)f->p->transit;
    for (int t = 0; t < f->T; t++) {
        f->depot[t] += f->arrivals[day * f->T + t];
        f->country[t] += f->arrivals[day * f->T + t];
    }
    if (transit == 0) return;
    for (int j = 0; j < f->cells; j++) {
        i64 *load = &f->pipe[j * transit + day % transit];
        const u32 m = f->cell_magazine[j];
        f->moving[j] -= *load;
        if (f->fate[m] == WITH_BATTERY) {
            f->reload[j] += *load;
            f->had[j] |= *load;
        } else if (f->fate[m] == LOST_WITH_BATTERY) f->by_type[f->cell_type[j]].lost += *load;
        else f->depot[f->cell_type[j]] += *load;
        *load = 0;
    }
}

static inline int is_fit(Future *f, int b, u64 mark, u64 night) {
    const double share = f->share[b], repair = f->repair[b];
    if (share >= 1.0) return 1;
    if (repair <= 0.0) return mark < f->fit[b];
    if (!f->begun[b]) f->broken[b] = !(mark < f->fit[b]);
    else if (f->broken[b]) {
        if (uniform(fold(fold(night, W.repair), f->battery_name[b])) * repair < 1.0) f->broken[b] = 0;
    } else if (((double)(i64)mark + 0.5) * 0x1p-52 * (share * repair) >= share * repair - (1.0 - share))
        f->broken[b] = 1;
    return !f->broken[b];
}

static void draw_luck(u64 *restrict luck, const u64 *restrict name, u64 chain, int n) {
    n = filled_up(n);
    for (int b = 0; b < n; b++) luck[b] = mark_of(fold(chain, name[b]));
}

static void all_stand(u64 *restrict stands, const u64 *restrict luck, const u64 *restrict fit, int n) {
    n = filled_up(n);
    for (int b = 0; b < n; b++) stands[b] = luck[b] < fit[b] ? 1 : 0;
}

static inline u64 packed(const u64 *restrict stands, u32 n) {
    u64 bits = 0;
    for (u32 b = 0; b < n; b++) bits |= stands[b] << b;
    return bits;
}

static void stand(Future *f, u64 night, int day) {
    if (f->fallible) draw_luck(f->luck, f->name, fold(night, W.fit), f->B);
    if (f->steady) all_stand(f->stands, f->luck, f->fit, f->B);
    else
        for (int b = 0; b < f->B; b++) {
            f->stands[b] = 0;
            if (f->start[b] > day || f->gone[b]) continue;
            f->stands[b] = (u64)is_fit(f, b, f->luck[b], night);
            f->begun[b] = 1;
        }
    for (int k = 0; k < f->L; k++)
        for (u32 w = f->layer[k].first_word, b = f->layer[k].first; w < f->layer[k].last_word; w++, b += 64)
            f->stand_bits[w] = packed(&f->stands[b], (u32)min_of(64, f->layer[k].last - b));
}

static void open_each(i64 *restrict open, const u64 *restrict stands, const u8 *restrict armed,
                      const u32 *restrict magazine, int batteries, int magazines) {
    memset(open, 0, sizeof(i64) * (size_t)magazines);
    for (int b = 0; b < batteries; b++) open[magazine[b]] |= (i64)(stands[b] & armed[b]);
}

static void open_magazines(Future *f) {
    if (f->M > 0) open_each(f->open, f->stands, f->armed, f->magazine_of, f->B, f->M);
}

/* The cells of one type, from the first: a whole number of steps. */
typedef struct {
    double *held, *free, *given, *last, *following;
    const double *weight;
    int n, rooms; /* rooms: those of them that may have room, the first */
} Cells;
#define BEYOND 1e300 /* above every level */
#define NOTHING 0.0  /* below every level of a round: not the negative of BEYOND, for levels are told by their bits */

static inline void set_levels(const Cells *s, i64 j) {
    const double level = s->held[j] + s->given[j];
    s->last[j] = s->given[j] > 0.0 ? level / s->weight[j] : NOTHING;
    s->following[j] = s->given[j] < s->free[j] ? (level + 1.0) / s->weight[j] : BEYOND;
}

/* What each cell of a type has and may be given; returns how much there is room for. */
static i64 find_room(double *restrict held, double *restrict free, const i64 *restrict ready,
    const i64 *restrict reload,
                     const i64 *restrict moving, const i64 *restrict room, const u32 *restrict magazine,
                     const i64 *restrict open, int n) {
    i64 all = 0;
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        const i64 rounds = ready[j] + reload[j] + moving[j], left = (room[j] & -open[magazine[j]]) - rounds;
        const i64 given = left > 0 ? left : 0;
        held[j] = (double)rounds;
        free[j] = (double)given;
        all += given;
    }
    return all;
}

/* About the level to which these rounds lift the cells that have room. Sums may be taken in any order here, for no
 * count depends on them: what is amiss is put right round by round. */
LOOSE static double water_level(const double *restrict held, const double *restrict free, const double *restrict weight,
                                int n, double rounds) {
    double by = rounds, total = 0.0;
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        by += free[j] > 0.0 ? held[j] + 0.5 : 0.0;
        total += free[j] > 0.0 ? weight[j] : 0.0;
    }
    double level = by / total;
    for (int pass = 0; pass < 4; pass++) {
        double active = 0.0, left = rounds;
        by = total = 0.0;
        for (int j = 0; j < n; j++) {
            const double wanted = level * weight[j] - held[j];
            const int is_active = (0.0 < wanted) & (wanted < free[j]);
            active += is_active ? 1.0 : 0.0;
            by += is_active ? held[j] : 0.0;
            total += is_active ? weight[j] : 0.0;
            left -= wanted >= free[j] ? free[j] : 0.0;
        }
        const double better = active > 0.0 ? (left + by + 0.5 * active) / total : level;
        if (better == level) break;
        level = better;
    }
    return level;
}

/* The bits of doubles that are not negative are in their order, and whole numbers are compared sooner. */
static inline i64 bits_of(double level) {
    i64 bits;
    memcpy(&bits, &level, sizeof bits);
    return bits;
}

/* The first place of the smallest level, one by one: for few places this is shorter. */
static inline i64 first_lowest(const double *restrict level, int n) {
    i64 lowest = bits_of(level[0]), found = 0;
    for (i64 j = 1; j < n; j++) {
        const i64 here = bits_of(level[j]);
        const int is_less = here < lowest;
        lowest = is_less ? here : lowest;
        found = is_less ? j : found;
    }
    return found;
}

/* The smallest level, by its bits. */
static inline i64 lowest_of(const double *restrict level, int n) {
    i64 lowest = INT64_MAX;
    n = filled_up(n);
    for (int j = 0; j < n; j++) lowest = min_of(lowest, bits_of(level[j]));
    return lowest;
}

/* The greatest level, by its bits. */
static inline i64 highest_of(const double *restrict level, int n) {
    i64 highest = 0;
    n = filled_up(n);
    for (int j = 0; j < n; j++) highest = max_of(highest, bits_of(level[j]));
    return highest;
}

/* The first place at a level. */
static inline i64 first_at(const double *restrict level, i64 sought, int n) {
    i64 found = n;
    n = filled_up(n);
    for (i64 j = 0; j < n; j++) found = min_of(found, bits_of(level[j]) == sought ? j : n);
    return found;
}

/* The last place at a level. */
static inline i64 last_at(const double *restrict level, i64 sought, int n) {
    i64 found = 0;
    n = filled_up(n);
    for (i64 j = 0; j < n; j++) found = max_of(found, bits_of(level[j]) == sought ? j : 0);
    return found;
}

/* The level of the first round of each cell that has room, and nothing given. */
static void clear_given(double *restrict given, double *restrict following, const double *restrict held,
                        const double *restrict free, const double *restrict weight, int n) {
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        const double level = (held[j] + 1.0) / weight[j];
        given[j] = 0.0;
        following[j] = free[j] > 0.0 ? level : BEYOND;
    }
}

/* Give the rounds below a level, as many as there are at most for each cell; returns how many in all. */
LOOSE static double give_below(double *restrict given,
                               const double *restrict held, const double *restrict free, const double *restrict weight,
                               int n, double level, double rounds) {
    double all = 0.0;
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        double wanted = level * weight[j] - held[j];
        wanted = wanted < rounds ? wanted : rounds;
        wanted = wanted < free[j] ? wanted : free[j];
        wanted = wanted > 0.0 ? wanted : 0.0;
        given[j] = __builtin_floor(wanted);
        all += given[j];
    }
    return all;
}

/* The levels of the last round that each cell was given, and of the one that follows. */
static void find_levels(double *restrict last, double *restrict following, const double *restrict given,
                        const double *restrict held, const double *restrict free, const double *restrict weight,
                            int n) {
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        const double now = held[j] + given[j], level = now / weight[j], next = (now + 1.0) / weight[j];
        last[j] = given[j] > 0.0 ? level : NOTHING;
        following[j] = given[j] < free[j] ? next : BEYOND;
    }
}

/* As if one at a time, each to the lowest level (held + j) / weight, ties by rank (S5). */
static void share_out(const Cells *s, i64 rounds) {
    if (rounds <= FEW) {
        clear_given(s->given, s->following, s->held, s->free, s->weight, s->n);
        for (; rounds > 0; rounds--) {
            const i64 j = first_lowest(s->following, s->rooms);
            s->given[j] += 1.0;
            s->following[j] = s->given[j] < s->free[j] ? (s->held[j] + s->given[j] + 1.0) / s->weight[j] : BEYOND;
        }
        return;
    }
    const double level = water_level(s->held, s->free, s->weight, s->n, (double)rounds);
    double left = (double)rounds;
    left -= give_below(s->given, s->held, s->free, s->weight, s->n, level, left);
    find_levels(s->last, s->following, s->given, s->held, s->free, s->weight, s->n);
    while (1) { /* places are looked for only where a round must be moved */
        const i64 lowest = lowest_of(s->following, s->n);
        if (left > 0.0) {
            const i64 next = first_at(s->following, lowest, s->n);
            s->given[next] += 1.0;
            left -= 1.0;
            set_levels(s, next);
            continue;
        }
        const i64 highest = highest_of(s->last, s->n);
        if (left == 0.0 && highest < lowest) return;
        const i64 latest = last_at(s->last, highest, s->n);
        if (left == 0.0 && highest == lowest && latest <= first_at(s->following, lowest, s->n)) return;
        s->given[latest] -= 1.0;
        left += 1.0;
        set_levels(s, latest);
    }
}

static void take_in(i64 *restrict reload, i64 *restrict had, const double *restrict given, int n) {
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        const i64 rounds = (i64)given[j];
        reload[j] += rounds;
        had[j] |= rounds;
    }
}

static void fill(Future *f, int day, int transit) {
    for (int t = 0; t < f->T; t++) {
        if (f->depot[t] == 0) continue;
        const u32 first = f->cells_start[t];
        const Cells s = {f->held + first, f->free + first, f->given + first, f->last + first, f->following + first,
                         f->weight + first, (int)(f->cells_start[t + 1] - first), (int)f->rooms[t]};
        i64 sent = find_room(s.held, s.free, f->ready + first, f->reload + first, f->moving + first, f->room + first,
                             f->cell_magazine + first, f->open, s.n);
        if (sent == 0) continue;
        const double *given = s.free;
        if (f->depot[t] < sent) {
            sent = f->depot[t];
            share_out(&s, sent);
            given = s.given;
        }
        f->depot[t] -= sent;
        if (transit == 0) take_in(f->reload + first, f->had + first, given, s.n);
        else
            for (int j = 0; j < s.n; j++) {
                f->moving[first + j] += (i64)given[j];
                f->pipe[(first + j) * transit + day % transit] += (i64)given[j];
            }
    }
}

/* Move reload stock to ready: at once, or so many rounds a day of all types, in their order (W4). */
static void move_up(i64 *restrict ready, i64 *restrict reload, const i64 *restrict room_ready, int n) {
    n = filled_up(n);
    for (int j = 0; j < n; j++) {
        const i64 moved = min_of(reload[j], room_ready[j] - ready[j]);
        ready[j] += moved;
        reload[j] -= moved;
    }
}

static void ready_up(Future *f, int slow) {
    if (!slow) {
        move_up(f->ready, f->reload, f->room_ready, f->cells);
        return;
    }
    memcpy(f->left, f->rate, sizeof(i64) * f->M);
    for (int j = 0; j < f->cells; j++) {
        const u32 m = f->cell_magazine[j];
        i64 moved = min_of(f->reload[j], f->room_ready[j] - f->ready[j]);
        if (f->rate[m] >= 0) {
            moved = min_of(moved, f->left[m]);
            f->left[m] -= moved;
        }
        f->ready[j] += moved;
        f->reload[j] -= moved;
    }
}

static void begin(Future *f) {
    memset(f->pipe, 0, sizeof(i64) * (f->cells + 1) * max_of(1, f->p->transit));
    memcpy(f->country, f->depot, sizeof(i64) * f->T);
    for (int b = 0; b < f->B; b++) {
        f->stands[b] = f->start[b] <= 0;
        f->begun[b] = (u8)f->steady;
    }
    open_magazines(f);
    fill(f, 0, 0);
    ready_up(f, 0);
    for (int m = 0; m < f->M; m++) f->counts[m] = (u8)f->open[m];
}

/* --- who comes (R3, R4, W2, W5, E1) ------------------------------------------------------------------------------ */

#define SORT_TURNS(name, kind)                                              \
    static void name(u32 *turn, const kind *key, int n) {                   \
        for (int i = 1; i < n; i++) {                                       \
            const u32 moved = turn[i];                                      \
            int j = i;                                                      \
            for (; j > 0 && key[turn[j - 1]] > key[moved]; j--) turn[j] = turn[j - 1]; \
            turn[j] = moved;                                                \
        }                                                                   \
    }
SORT_TURNS(sort_turns, u64)

static double covered_share(const Future *f, int c, int a) {
    double share = 0.0;
    for (int b = 0; b < f->B; b++)
        if (f->begun[b] && !f->gone[b] && f->may_fire[b * f->C + c])
            share = fmax(share, f->cover_high[((i64)b * f->A + a) * f->C + c]);
    return fmin(1.0, share);
}

static void make_guide(Future *f) {
    const int guides = 1 << f->guide_bits;
    for (int c = 0; c < f->C; c++) {
        for (int a = 0; a < f->A; a++) f->target_mark[c * f->A + a] =
            a < f->A - 1 ? marks_below(f->target_cut[c * f->A + a]) : ALL_MARKS;
        for (int cell = 0, a = 0; cell < guides; cell++) {
            while (a < f->A - 1 && (double)cell / guides >= f->target_cut[c * f->A + a]) a++;
            f->guide[c * guides + cell] = a;
        }
    }
}

static int shifted_asset(const Future *f, int c, double u) {
    const double *share = &f->target_share[c * f->A];
    double total = 0.0, reached = 0.0;
    int found = -1;
    for (int a = 0; a < f->A; a++) total += share[a] * (1.0 - covered_share(f, c, a));
    for (int a = 0; a < f->A; a++) {
        const double weight = share[a] * (1.0 - covered_share(f, c, a));
        if (weight > 0.0) {
            reached += weight;
            found = a;
            if (u * total < reached) break;
        }
    }
    return found;
}

static void draw_marks(Future *f, u64 chain, u64 cause, int n) {
    for (int i = 0; i < n; i++) {
        f->turn[i] = i;
        f->mark[i] = mark_of(fold(fold(chain, i), cause));
    }
    sort_turns(f->turn, f->mark, n);
}

static void plan_shares(Future *f, int c, u64 chain, int n) {
    draw_marks(f, chain, W.place, n);
    for (int a = 0, done = 0; a < f->A; a++) {
        const int upto = a == f->A - 1 ? n : (int)floor(f->target_cut[c * f->A + a] * n + 0.5);
        for (; done < upto; done++) f->plan[f->turn[done]] = a;
    }
}

/* A threat is a decoy if its mark is below this: a share, or a count (W2). */
static u64 decoy_limit(Future *f, int c, u64 chain, int n) {
    const Class *class = &f->class[c];
    if (class->decoy_count < 0) return marks_below(class->decoy_share);
    if (class->decoy_count >= n) return 1ULL << 52;
    draw_marks(f, chain, W.decoy, n);
    return f->mark[f->turn[class->decoy_count]];
}

static void shift_targets(Future *f, int c, int n) {
    for (int i = 0; i < n; i++) {
        if (mark_of(fold(f->word[i], W.shift)) >= f->shift) continue;
        const int moved = shifted_asset(f, c, ((double)(i64)f->mark[i] + 0.5) * 0x1p-52);
        if (moved < 0) continue;
        f->asset[i] = moved;
        if (f->is_country[moved]) {
            const double share = covered_share(f, c, moved);
            f->location[i] = share + (1.0 - share) * uniform(fold(f->word[i], W.location));
        }
    }
}

static int sift(Future *f, int c, u64 limit, u64 fail, int wave, int n) {
    const i64 waves = f->p->waves;
    int kept = 0;
    for (int i = 0; i < n; i++) {
        const u64 word = f->word[i];
        if (waves > 1 && (i64)(uniform(fold(word, W.wave)) * waves) != wave) continue;
        const int decoy = limit > 0 && mark_of(fold(word, W.decoy)) < limit;
        const u32 a = f->asset[i];
        f->by_class[c].launched[decoy]++;
        f->came[c * f->wide + a] += 1 - decoy;
        f->raided[c] += 1 - decoy;
        if (fail > 0 && mark_of(fold(word, W.fail)) < fail) {
            f->by_class[c].failed[decoy]++;
            continue;
        }
        f->word[kept] = word;
        if (f->countries) f->location[kept] = f->location[i];
        f->asset[kept] = a;
        f->state[kept++] = decoy ? STATE_DECOY : 0;
    }
    return kept;
}

/* Find the row of the batteries that reach threat i in a country: its own, by its place. */
static void cover_country(Future *f, int c, int i) {
    const u32 *start = &f->reach_start[c * f->A + f->asset[i]];
    f->row[i] = (u32)((f->C * f->A + i) * f->words);
    u64 *cover = &f->reach_bits[f->row[i]];
    memset(cover, 0, sizeof(u64) * f->words);
    for (u32 j = start[0]; j < start[1]; j++) {
        const Reach *r = &f->reach[j];
        if (r->low <= f->location[i] && f->location[i] < r->high) cover[f->word_of[r->battery]] |= f->bit[r->battery];
    }
}

/* Draw the chain of each threat, and the asset that it is aimed at (R3). A cell of the guide rarely holds a border
 * between assets and hardly ever two, so one step without a branch, and a look whether any threat needs more. */
static void aim(u64 *restrict word, u64 *restrict mark, u32 *restrict asset, const u32 *restrict guide,
                const u64 *restrict target_mark, u64 chain, int shift, int n) {
    u64 beyond = 0;
    n = filled_up(n);
    for (int i = 0; i < n; i++) {
        word[i] = fold(chain, (u64)i);
        mark[i] = mark_of(fold(word[i], W.place));
    }
    for (int i = 0; i < n; i++) {
        u64 a = guide[mark[i] >> shift];
        a += mark[i] >= target_mark[a];
        beyond |= mark[i] >= target_mark[a];
        asset[i] = (u32)a;
    }
    if (!beyond) return;
    for (int i = 0; i < n; i++)
        while (mark[i] >= target_mark[asset[i]]) asset[i]++;
}

/* The chains of shots at a threat, and where its reach bits begin. */
static void find_places(u64 *restrict place_word, u32 *restrict row, const u64 *restrict word,
    const u32 *restrict asset,
                        const u64 *restrict asset_name, u64 wave, u32 first, u32 words, int n) {
    n = filled_up(n);
    for (int i = 0; i < n; i++) {
        place_word[i] = fold(word[i], asset_name[asset[i]] ^ wave);
        row[i] = (first + asset[i]) * words;
    }
}

static int muster(Future *f, int c, u64 chain, int launched, int wave) {
    const Class *class = &f->class[c];
    const u64 limit = decoy_limit(f, c, chain, launched), fail = class->fail_before ? class->fail : 0;
    if (f->p->allocation == 1) plan_shares(f, c, chain, launched);
    aim(f->word, f->mark, f->asset, &f->guide[c << f->guide_bits], &f->target_mark[c * f->A], chain, 52 - f->guide_bits,
        launched);
    if (f->p->allocation == 1) memcpy(f->asset, f->plan, sizeof(u32) * launched);
    if (f->countries)
        for (int i = 0; i < launched; i++)
            if (f->is_country[f->asset[i]]) f->location[i] = uniform(fold(f->word[i], W.location));
    if (f->shifts) shift_targets(f, c, launched);
    int n = launched;
    if (f->p->waves > 1 || limit > 0 || fail > 0) n = sift(f, c, limit, fail, wave, launched);
    else {
        int32_t *restrict came = &f->came[c * f->wide];
        const u32 *restrict asset = f->asset;
        f->by_class[c].launched[0] += launched;
        f->raided[c] += launched;
        for (int i = 0; i < n; i++) came[asset[i]]++;
        memset(f->state, 0, sizeof(u32) * filled_up(n));
    }
    find_places(f->place_word, f->row, f->word, f->asset, f->asset_name, (u64)wave, (u32)(c * f->A), (u32)f->words, n);
    if (f->countries)
        for (int i = 0; i < n; i++)
            if (f->is_country[f->asset[i]]) cover_country(f, c, i);
    return n;
}

static void line_up(Future *f, u64 chain, int n) {
    u32 *restrict turn = f->turn;
    const int filled = filled_up(n);
    for (int i = 0; i < filled; i++) turn[i] = (u32)i;
    if (f->p->order == ARRIVAL) return;
    for (int i = 0; i < n; i++) {
        const u32 a = f->asset[i];
        f->mark[i] = f->p->order == RANDOM_ASSET ? mark_of(fold(fold(chain, W.asset_order), f->asset_name[a]))
                                                 : (u64)f->p->asset_rank[a];
    }
    sort_turns(f->turn, f->mark, n);
}

/* --- engagement (E1-E11) ----------------------------------------------------------------------------------------- */

static void open_eyes(Future *f, u64 raid, int wave) {
    memcpy(f->spare, f->channels, sizeof(i64) * f->B);
    memcpy(f->full_bits, f->no_channel_bits, sizeof(u64) * f->words);
    memcpy(f->able_bits, f->stand_bits, sizeof(u64) * f->words);
    if (!f->blindable) return;
    const u64 chain = fold(fold(raid, W.reliability), wave);
    for (int k = 0; k < f->L; k++)
        for (u32 b = f->layer[k].first; b < f->layer[k].last; b++) {
            const u64 name = f->p->scope == BY_LAYER     ? f->layer[k].name
                             : f->p->scope == BY_DEFENCE ? W.defence
                                                         : f->battery_name[b];
            f->sighted[b] = mark_of(fold(chain, name)) < f->reliability[b];
            if (!f->sighted[b]) f->able_bits[f->word_of[b]] &= ~f->bit[b];
        }
}

/* Which batteries of a layer reach each threat and are in the set; of several words, whether any. */
static void find_guards(u64 *restrict guards, const u64 *restrict reach, const u32 *restrict row,
                        const u64 *restrict bits, u32 first, u32 last, int n) {
    n = filled_up(n);
    for (int i = 0; i < n; i++) guards[i] = reach[row[i] + first] & bits[first];
    for (u32 w = first + 1; w < last; w++)
        for (int i = 0; i < n; i++) guards[i] |= reach[row[i] + w] & bits[w];
}

/* What a layer draws for each threat of a class, whom it covers and sees, and a blank page for whom it may engage (W5,
 * E8): for all of them, seen or not. Two loops: of one, the compiler takes only one threat at a time. */
static void draw_for_layer(Future *f, u64 name, const u64 *restrict guards, u64 track, int n) {
    const u64 *restrict word = f->word, *restrict place_word = f->place_word, *restrict watchers = f->watchers;
    u64 *restrict shots_word = f->shots_word, *restrict mark = f->mark;
    u32 *restrict flag = f->flag, *restrict state = f->state, *restrict gun = f->gun, *restrict engaged = f->engaged;
    const u64 cause = W.track;
    n = filled_up(n);
    for (int i = 0; i < n; i++) {
        const u32 seen = (watchers[i] != 0) & (mark_of(fold(fold(word[i], cause), name)) < track);
        flag[i] = seen;
        state[i] |= (guards[i] != 0) & !seen ? SAW_NOTHING : 0;
        gun[i] = NOBODY;
        engaged[i] = NOT_ENGAGED;
    }
    for (int i = 0; i < n; i++) {
        shots_word[i] = fold(place_word[i], name);
        mark[i] = mark_of(fold(shots_word[i], 0));
    }
}

/* Queue whom the layer sees, in their turns. Who that is cannot be foreseen, so there is no branch. */
static int enlist(u32 *restrict queue, const u32 *restrict turns, const u32 *restrict flag, int left) {
    int queued = 0;
    for (int turn = 0; turn < left; turn++) {
        queue[queued] = turns[turn];
        queued += (int)flag[turns[turn]];
    }
    return queued;
}

/* Why a threat drew no shot: what the batteries lack that cover and see it (E2, E5, E6). Up to the first that is dry,
 * for that comes before all else (E10). */
static __attribute__((noinline)) u32 find_wanting(const Future *f, const Layer *layer, int c, u32 i, u32 gun) {
    u32 saw = 0, base = layer->first;
    for (u32 w = layer->first_word; w < layer->last_word; w++, base += 64)
        for (u64 bits = f->reach_bits[f->row[i] + w] & f->able_bits[w]; bits; bits &= bits - 1) {
            const u32 b = base + (u32)__builtin_ctzll(bits);
            const Load *list = &f->load[c * f->B * f->T + (int)b];
            if (b != gun && f->full_bits[w] & bits & -bits) {
                saw |= SAW_FULL;
                continue;
            }
            i64 rounds = 0;
            for (int place = 0; place < f->T && list->type != NO_TYPE; place++, list += f->B)
                rounds += f->ready[list->cell];
            if (rounds == 0) return saw | SAW_DRY;
            saw |= SAW_HELD;
        }
    return saw;
}

/* Take one round for a threat from one word of the layer's batteries, in order; its type, or NO_TYPE (E2, E5).
 * A battery takes a channel when it first fires at the threat, and then is its `own`; a dry or holding one takes none.
 */
INLINE u32 take_round(const Future *f, const Load *lists, i64 *spare, u64 reached, u64 *rounds, u64 *full, u64 *own) {
    while (1) {
        const u64 free = reached & *rounds & (~*full | *own), lowest = free & -free;
        if (!free) return NO_TYPE;
        const i64 b = __builtin_ctzll(free);
        const Load *load = lists + b;
        for (int place = 0; place < f->T && load->type != NO_TYPE; place++, load += f->B) {
            if (f->ready[load->cell] <= load->reserve) continue;
            f->ready[load->cell]--;
            if (lowest != *own) {
                *own = lowest;
                if (--spare[b] <= 0) *full |= lowest; /* a branch: the next shot need not wait */
            }
            return load->type;
        }
        *rounds &= ~lowest;
    }
}

static inline u32 wanted_by(const Future *f, int k, int c, int j) {
    const u32 t = f->first_type[k * f->C + c];
    return t != NO_TYPE ? t : f->wanted_type[j];
}

/* Count a shot of type t at a threat that has been through `state`, and whether it kills; returns what comes of it.
 * Shots and kills of a type are counted in the two halves of one word. */
INLINE u32 hit(Future *f, int c, u32 t, u32 state, u64 mark) {
    const u32 here = (u32)(mark < f->kill[t * f->C + c]) * STATE_HIT;
    f->fired[t] += 1 + (u64)(here & ~state) * KILL_OF_HIT;
    return (state | here) + ONE_SHOT;
}

/* A shot at threat j of the queue found no round (E5). */
static __attribute__((noinline)) void miss_round(Future *f, int k, int c, int j) {
    const u32 i = f->queue[j], saw = find_wanting(f, &f->layer[k], c, i, f->gun[j]);
    f->state[i] |= saw;
    if (!(saw & (SAW_DRY | SAW_HELD))) return;
    f->state[i] |= STATE_SHORT;
    f->by_type[wanted_by(f, k, c, j)].unmet++;
    if (f->engaged[j] == NOT_ENGAGED) f->engaged[j] = STARVED;
}

/* One shot at threat j of the queue, if there is a round for it (E3, E5). */
static void shoot(Future *f, int k, int c, int j, u64 mark) {
    const u32 i = f->queue[j];
    u32 base = f->layer[k].first;
    for (u32 w = f->layer[k].first_word; w < f->layer[k].last_word; w++, base += 64) {
        u64 own = f->gun[j] != NOBODY && f->word_of[f->gun[j]] == w ? f->bit[f->gun[j]] : 0;
        const u32 t = take_round(f, &f->load[c * f->B * f->T + (int)base], f->spare + base,
                                 f->reach_bits[f->row[i] + w], &f->round_bits[w], &f->full_bits[w], &own);
        if (t == NO_TYPE) continue;
        f->gun[j] = base + (u32)__builtin_ctzll(own);
        f->engaged[j] = SHOT;
        f->state[i] = hit(f, c, t, f->state[i], mark);
        return;
    }
    miss_round(f, k, c, j);
}

/* The first battery of a layer that stands and covers threat i, or NOBODY. */
static inline u32 first_of(const Future *f, const Layer *layer, u32 i) {
    u32 base = layer->first;
    for (u32 w = layer->first_word; w < layer->last_word; w++, base += 64) {
        const u64 bits = f->reach_bits[f->row[i] + w] & f->stand_bits[w];
        if (bits) return base + (u32)__builtin_ctzll(bits);
    }
    return NOBODY;
}

/* Want the rounds of the first look: of the type that the first standing battery that covers fires first (O). */
static void want(Future *f, DayType *today, int k, int c, i64 shots, int queued) {
    const u32 t = f->first_type[k * f->C + c];
    if (t != NO_TYPE) {
        today[t].wanted += shots * queued;
        return;
    }
    for (int j = 0; j < queued; j++) {
        const u32 b = first_of(f, &f->layer[k], f->queue[j]);
        f->wanted_type[j] = f->load[c * f->B * f->T + (int)b].type;
        today[f->wanted_type[j]].wanted += shots;
    }
}

static void first_look(Future *f, int k, int c, i64 shots, int queued) {
    for (int j = 0; j < queued; j++)
        for (i64 shot = 0; shot < shots; shot++)
            shoot(f, k, c, j, mark_of(fold(f->shots_word[f->queue[j]], (u64)shot)));
}

/* The same for a layer of one word: what the next shot asks for stays at hand. */
static void short_first_look(Future *f, int k, int c, i64 shots, int queued) {
    const u32 base = f->layer[k].first, w = f->layer[k].first_word;
    const Load *lists = &f->load[c * f->B * f->T + (int)base];
    const u64 *restrict watchers = f->watchers, *restrict marks = f->mark;
    const u32 *restrict queue = f->queue;
    i64 *spare = f->spare + base;
    for (int j = 0; j < queued; j++) {
        const u32 i = queue[j];
        u64 mark = marks[i], own = 0;
        for (i64 shot = 1;; shot++) {
            const u32 t = take_round(f, lists, spare, watchers[i], &f->round_bits[w], &f->full_bits[w], &own);
            if (t != NO_TYPE) {
                f->gun[j] = base + (u32)__builtin_ctzll(own);
                f->engaged[j] = SHOT;
                f->state[i] = hit(f, c, t, f->state[i], mark);
            } else miss_round(f, k, c, j);
            if (shot >= shots) break;
            mark = mark_of(fold(f->shots_word[i], (u64)shot));
        }
    }
}

/* Count the rounds that the doctrine asks for in a later look (E4, O). A threat that found no round for its first shot
 * wants those of the later looks too, and has none. Who wants cannot be foreseen: no branch. Where the layer's
 * batteries agree on the type, it is counted once. */
static void want_again(Future *f, DayType *today, int k, int c, i64 shots, int queued) {
    const u32 same = f->first_type[k * f->C + c];
    i64 wanted = 0, unmet = 0;
    for (int j = 0; j < queued; j++) {
        const i64 wants = ((f->state[f->queue[j]] & STATE_HIT) == 0) & (f->engaged[j] != NOT_ENGAGED);
        const i64 starved = wants & (f->engaged[j] == STARVED);
        if (same == NO_TYPE) {
            today[f->wanted_type[j]].wanted += shots * wants;
            f->by_type[f->wanted_type[j]].unmet += shots * starved;
        }
        wanted += wants;
        unmet += starved;
    }
    if (same == NO_TYPE) return;
    today[same].wanted += shots * wanted;
    f->by_type[same].unmet += shots * unmet;
}

/* List whom a later look fires at: survivors of an earlier look of the same layer; returns how many (E4). */
static int still_fired_at(u32 *restrict again, const u32 *restrict queue, const u32 *restrict state,
                          const u32 *restrict engaged, int queued) {
    int n = 0;
    for (int j = 0; j < queued; j++) {
        again[n] = (u32)j;
        n += ((state[queue[j]] & STATE_HIT) == 0) & (engaged[j] == SHOT);
    }
    return n;
}

/* A look at all the threats in the queue that may be fired at (E4, E5). */
static void look_again(Future *f, DayType *today, int k, int c, int queued, int look, int shots) {
    const int passes = f->p->spread ? shots : 1, each = f->p->spread ? 1 : shots;
    int n = queued;
    if (look > 0) {
        want_again(f, today, k, c, shots, queued);
        n = still_fired_at(f->out, f->queue, f->state, f->engaged, queued);
    } else
        for (int j = 0; j < queued; j++) f->out[j] = (u32)j;
    for (int pass = 0; pass < passes; pass++)
        for (int place = 0; place < n; place++) {
            const int j = (int)f->out[place];
            const u64 word = f->shots_word[f->queue[j]];
            for (int shot = 0; shot < each; shot++)
                shoot(f, k, c, j, mark_of(fold(word, (u64)(look * 256 + pass + shot))));
        }
}

static void battery_layer(Future *f, DayType *today, int k, int c, int n, int left) {
    const i64 *shots = &f->p->salvo[(k * f->C + c) * f->K];
    const Layer *layer = &f->layer[k];
    const u32 first = layer->first_word, last = layer->last_word;
    const u64 track = f->track_mark[k * f->C + c], *guards = f->watchers;
    const int even = f->p->spread == 1;
    for (u32 w = first; w < last; w++) f->round_bits[w] = f->able_bits[w];
    find_guards(f->watchers, f->reach_bits, f->row, f->able_bits, first, last, n);
    if (f->blindable) {
        guards = f->guards;
        find_guards(f->guards, f->reach_bits, f->row, f->stand_bits, first, last, n);
    }
    draw_for_layer(f, layer->name, guards, track, n);
    const int queued = enlist(f->queue, f->turn, f->flag, left);
    want(f, today, k, c, shots[0], queued);
    if (!even && shots[0] > 0) {
        if (last - first == 1) short_first_look(f, k, c, shots[0], queued);
        else first_look(f, k, c, shots[0], queued);
    }
    for (int look = even ? 0 : 1; look < f->K && shots[look] > 0; look++)
        look_again(f, today, k, c, queued, look, (int)shots[look]);
}

static i64 layer_room(const Future *f, int k, int *standing, int *sighted) {
    i64 room = 0;
    *standing = *sighted = 0;
    for (u32 b = f->layer[k].first; b < f->layer[k].last; b++)
        if (f->stands[b]) {
            *standing = 1;
            if (f->sighted[b]) {
                *sighted = 1;
                room += f->teams[b];
            }
        }
    return room;
}

static void soft_layer(Future *f, int k, int c, int n) {
    int standing, sighted;
    const i64 room = layer_room(f, k, &standing, &sighted);
    const double success = f->success[k * f->C + c];
    const u64 track = f->track_mark[k * f->C + c], works = marks_below(success);
    Layer *layer = &f->layer[k];
    if (!standing || success <= 0.0) return;
    for (int turn = 0; turn < n; turn++) {
        const u32 i = f->turn[turn];
        if (!sighted || mark_of(fold(fold(f->word[i], W.track), layer->name)) >= track) f->state[i] |= SAW_NOTHING;
        else if (layer->kind != SOFT && layer->treated >= room) f->state[i] |= SAW_FULL;
        else {
            layer->treated++;
            f->state[i] |= STATE_TREATED;
            if (mark_of(fold(fold(f->word[i], W.soft), layer->name)) < works) f->state[i] |= STATE_OUT;
        }
    }
}

/* Why a threat leaked, by what it saw, whether it was treated and whether it drew a shot (E10): a table, for a branch
 * could not be foreseen. */
static u8 REASON[2 * (STATE_WHY + 1)];
static void list_reasons(void) {
    memset(REASON, MISSED, sizeof REASON);
    for (int s = 0; s <= STATE_WHY; s++)
        REASON[s] = s & SAW_DRY ? DRY : s & SAW_HELD ? HELD : s & SAW_FULL ? SATURATED
                  : s & STATE_TREATED ? MISSED : s & SAW_NOTHING ? BLIND : UNCOVERED;
}
static inline int reason(u32 state) {
    return REASON[(state & STATE_WHY) + (u32)(state >= ONE_SHOT) * (STATE_WHY + 1)];
}

/* Take those that a layer stopped out of the line; returns how many are left. No branch: not foreseen. */
static int thin_out(u32 *restrict turns, u32 *restrict out, const u32 *restrict state, int left) {
    int kept = 0, gone = 0;
    for (int turn = 0; turn < left; turn++) {
        const u32 i = turns[turn], is_gone = (state[i] & STATE_GONE) != 0;
        turns[kept] = i;
        out[gone] = i;
        gone += (int)is_gone;
        kept += (int)!is_gone;
    }
    return kept;
}

/* Count those that layer k stopped: shots stop whoever a battery layer does. */
static void count_stopped(Future *f, DayClass *today, int k, int c, int stopped) {
    ByClass *tally = &f->by_class[c];
    i64 decoys = 0, shot_at = stopped;
    if (f->class[c].decoyed)
        for (int place = 0; place < stopped; place++) decoys += (f->state[f->out[place]] & STATE_DECOY) != 0;
    if (f->layer[k].kind == BATTERY) tally->shot_stopped += stopped;
    else {
        shot_at = 0;
        for (int place = 0; place < stopped; place++) shot_at += f->state[f->out[place]] >= ONE_SHOT;
    }
    tally->shot_at += shot_at;
    tally->stopped[0] += stopped - decoys;
    tally->stopped[1] += decoys;
    today->stopped += stopped;
}

/* The first standing battery with a magazine that reaches threat i, or NOBODY. */
static u32 first_cover(const Future *f, u32 i) {
    for (int k = 0; k < f->L; k++) {
        const u32 b = first_of(f, &f->layer[k], i);
        if (b != NOBODY) return b;
    }
    return NOBODY;
}

/* The mark below which a threat of a class fails behind the defence (W2). */
static inline u64 fails_below(const Future *f, int c) { return f->class[c].fail_before ? 0 : f->class[c].fail; }

/* Whether so many real threats may have come to one place tonight that they count as massed (O). To a battery's site
 * they come from all countries that it reaches into. */
static int may_be_massed(const Future *f, int c) {
    const int32_t *restrict came = &f->came[c * f->wide];
    const int32_t massed = (int32_t)min_of(f->p->massed, INT32_MAX);
    int found = 0;
    if (f->countries) return f->raided[c] >= massed;
    for (int a = 0; a < filled_up(f->A); a++) found |= came[a] >= massed;
    return found;
}

/* The places of a class: a row for each column. */
static inline int32_t *places_of(const Future *f, int c) { return &f->place[c * PLACE_COLUMNS * f->sites]; }

/* Count threats, shots and dry leakers by place, before the first leaker can put a battery out (O). */
static void count_places(Future *f, int c, int n) {
    const u64 fail = fails_below(f, c);
    int32_t *restrict came = places_of(f, c) + CAME_HERE * f->sites, *restrict shots = came + SHOTS_HERE * f->sites,
            *restrict dry = came + DRY_HERE * f->sites;
    f->placed[c] = 1;
    for (int i = 0; i < n; i++) {
        const u32 state = f->state[i];
        u32 site = f->asset[i];
        if (state & STATE_DECOY) continue;
        if (f->is_country[site]) {
            const u32 guard = first_cover(f, (u32)i);
            if (guard != NOBODY) site = (u32)f->A + guard;
        }
        came[site]++;
        shots[site] += (int32_t)(state / ONE_SHOT);
        int is_dry = ((state & STATE_GONE) == 0) & (reason(state) == DRY);
        if (fail > 0) is_dry &= mark_of(fold(f->word[i], W.fail)) >= fail;
        dry[site] += is_dry;
    }
}

static void drop_rounds(Future *f, u32 lost) {
    const u32 m = f->magazine_of[lost];
    const int to_depot = f->to_depot[lost];
    for (u32 b = 0; b < (u32)f->B; b++)
        if (b != lost && f->armed[b] && f->magazine_of[b] == m && !f->gone[b]) return;
    f->fate[m] = to_depot ? BACK_TO_DEPOT : LOST_WITH_BATTERY;
    for (int j = 0; j < f->cells; j++) {
        if (f->cell_magazine[j] != m) continue;
        const i64 rounds = f->ready[j] + f->reload[j];
        if (to_depot) f->depot[f->cell_type[j]] += rounds;
        else f->by_type[f->cell_type[j]].lost += rounds;
        f->ready[j] = f->reload[j] = 0;
    }
}

/* A real leaker may put out the first standing battery that covers it (E11). */
static void strike(Future *f, u32 i) {
    const u32 guard = first_cover(f, i);
    if (guard == NOBODY || mark_of(fold(f->word[i], W.loss)) >= f->loss[guard]) return;
    f->gone[guard] = 1;
    f->stands[guard] = 0;
    f->stand_bits[f->word_of[guard]] &= ~f->bit[guard];
    f->able_bits[f->word_of[guard]] &= ~f->bit[guard];
    drop_rounds(f, guard);
}

/* Let each real leaker strike, in the order in which they came (E11). */
static void strike_all(Future *f, int n, int leakers) {
    for (int i = 0; i < n; i++) f->flag[i] = 0;
    for (int turn = 0; turn < leakers; turn++) f->flag[f->turn[turn]] = !(f->state[f->turn[turn]] & STATE_DECOY);
    for (int i = 0; i < n; i++)
        if (f->flag[i]) strike(f, (u32)i);
}

/* Count those that fail by themselves, and take them out of the line; returns how many are left (W2). */
static int drop_failed(Future *f, int c, int left) {
    const u64 fail = fails_below(f, c);
    int kept = 0;
    if (fail == 0) return left;
    for (int turn = 0; turn < left; turn++) {
        const u32 i = f->turn[turn];
        if (mark_of(fold(f->word[i], W.fail)) < fail) f->by_class[c].failed[(f->state[i] & STATE_DECOY) != 0]++;
        else f->turn[kept++] = i;
    }
    return kept;
}

/* Count what failed and what leaked, and why (E10). Among leakers there is no branch but for the dry. */
static void settle(Future *f, DayClass *today, int c, int n, int left, int day, int more) {
    ByClass *restrict tally = &f->by_class[c];
    const u32 *restrict states = f->state, *restrict asset = f->asset, *restrict turns = f->turn;
    int32_t *restrict leaked = &f->leaked[c * f->wide];
    i64 *restrict asset_leaked = f->asset_leaked + c * REASONS, *restrict first_dry = f->asset_first_dry + c;
    const i64 step = (i64)f->C * REASONS;
    i64 dry = 0, shot_at = 0, thin = 0, decoys = 0;
    for (int turn = 0; turn < left; turn++) shot_at += states[turns[turn]] >= ONE_SHOT;
    const int leakers = drop_failed(f, c, left);
    for (int turn = 0; turn < leakers; turn++) {
        const u32 i = turns[turn], state = states[i], decoy = (state & STATE_DECOY) != 0, a = asset[i];
        const int why = reason(state);
        decoys += decoy;
        thin += (state >= ONE_SHOT) & ((state & STATE_SHORT) != 0);
        tally->leaked[why][decoy]++;
        leaked[a] += 1 - (int32_t)decoy;
        asset_leaked[a * step + why] += 1 - (i64)decoy;
        if (why == DRY) {
            dry++;
            first_dry[(i64)a * f->C] = min_of(first_dry[(i64)a * f->C], day);
        }
    }
    tally->shot_at += shot_at;
    tally->thin += thin;
    f->harm[c] += leakers - decoys;
    today->leaked += leakers;
    today->dry += dry;
    if (more || (dry > 0 && may_be_massed(f, c))) count_places(f, c, n);
    if (f->losses) strike_all(f, n, leakers);
}

static void single_raid(Future *f, DayClass *today, DayType *today_type, int c, u64 chain, int launched, int wave,
                        int day, int more) {
    const int n = muster(f, c, chain, launched, wave);
    line_up(f, chain, n);
    int left = n;
    for (int k = 0; k < f->L; k++) {
        if (f->layer[k].kind != BATTERY) soft_layer(f, k, c, left);
        else if (f->serves[k * f->C + c]) battery_layer(f, today_type, k, c, n, left);
        else continue;
        const int kept = thin_out(f->turn, f->out, f->state, left);
        count_stopped(f, today, k, c, left - kept);
        left = kept;
    }
    settle(f, today, c, n, left, day, more);
}

/* --- groups (F4, E9) --------------------------------------------------------------------------------------------- */

static inline double group_uniform(u64 chain, u64 name, int what, int kind, int state) {
    return uniform(fold(fold(fold(chain, W.group), name), what * 16 + kind * 8 + state));
}

static void group_layer(Future *f, int k, int c, u64 chain) {
    int standing, sighted;
    const i64 room = layer_room(f, k, &standing, &sighted);
    const double success = f->success[k * f->C + c], track = f->track[k * f->C + c];
    Layer *layer = &f->layer[k];
    i64 seen[2][STATES], waiting = 0;
    if (!standing || success <= 0.0) return;
    for (int kind = 0; kind < 2; kind++)
        for (int state = 0; state < STATES; state++) {
            const double u = group_uniform(chain, layer->name, 1, kind, state);
            seen[kind][state] = binomial_quantile(u, f->group[kind][state], sighted ? track : 0.0);
            waiting += seen[kind][state];
        }
    i64 left = waiting;
    if (layer->kind != SOFT) {
        left = min_of(waiting, max_of(0, room - layer->treated));
        layer->treated += left;
    }
    for (int kind = 0; kind < 2; kind++) {
        i64 after[STATES] = {0};
        for (int state = 0; state < STATES; state++) {
            const i64 here = seen[kind][state], others = waiting - here, hidden = f->group[kind][state] - here;
            i64 treated = min_of(here, left);
            if (0 < left && left < waiting && here > 0 && others > 0)
                treated = hypergeometric_quantile(group_uniform(chain, layer->name, 2, kind, state), here, others,
                    left);
            waiting = others;
            left -= treated;
            const i64 survived = treated - binomial_quantile(group_uniform(chain, layer->name, 3, kind, state),
                treated, success);
            after[FULL] += here - treated;
            after[state == FULL ? FULL : TREATED] += survived;
            after[state == FULL ? FULL : state == TREATED ? TREATED : UNSEEN] += hidden;
        }
        memcpy(f->group[kind], after, sizeof after);
    }
}

static i64 left_of(const Future *f, int kind) {
    return f->group[kind][0] + f->group[kind][1] + f->group[kind][2] + f->group[kind][3];
}

static i64 wave_share(u64 chain, int kind, i64 number, int waves, int wave) {
    i64 left = number, here = 0;
    for (int earlier = 0; earlier <= wave; earlier++) {
        here = binomial_quantile(uniform(fold(fold(fold(chain, W.group), W.wave), earlier * 2 + kind)), left,
            1.0 / (waves - earlier));
        left -= here;
    }
    return here;
}

static const int STATE_REASON[STATES] = {SATURATED, MISSED, BLIND, UNCOVERED};

static void find_group_places(Future *f, int c, u64 chain, int real) {
    aim(f->word, f->mark, f->asset, &f->guide[c << f->guide_bits], &f->target_mark[c * f->A], chain, 52 - f->guide_bits,
        real);
    for (int i = 0; i < real; i++) f->came[c * f->wide + f->asset[i]]++;
    for (int state = 0, done = 0; state < STATES; state++)
        for (const int end = done + (int)f->group[0][state]; done < end; done++) {
            f->leaked[c * f->wide + f->asset[done]]++;
            f->asset_leaked[((i64)f->asset[done] * f->C + c) * REASONS + STATE_REASON[state]]++;
        }
}

static void group_raid(Future *f, DayClass *today, int c, u64 chain, i64 launched, int wave) {
    const Class *class = &f->class[c];
    ByClass *tally = &f->by_class[c];
    const int waves = (int)f->p->waves;
    i64 decoys = min_of(launched, class->decoy_count), number[2], before[2];
    if (class->decoy_count < 0)
        decoys = binomial_quantile(uniform(fold(fold(chain, W.group), W.decoy)), launched, class->decoy_share);
    number[0] = launched - decoys;
    number[1] = decoys;
    u64 of_wave = chain;
    if (waves > 1) {
        for (int kind = 0; kind < 2; kind++) number[kind] = wave_share(chain, kind, number[kind], waves, wave);
        of_wave = fold(chain, wave);
    }
    memset(f->group, 0, sizeof f->group);
    for (int kind = 0; kind < 2; kind++) {
        i64 failed = 0;
        tally->launched[kind] += number[kind];
        if (class->fail_before) failed = binomial_quantile(group_uniform(of_wave, W.fail, 0, kind, OPEN),
            number[kind], class->fail_share);
        tally->failed[kind] += failed;
        f->group[kind][OPEN] = before[kind] = number[kind] - failed;
    }
    for (int k = 0; k < f->L; k++)
        if (f->layer[k].kind != BATTERY) group_layer(f, k, c, of_wave);
    for (int kind = 0; kind < 2; kind++) {
        const i64 stopped = before[kind] - left_of(f, kind);
        tally->stopped[kind] += stopped;
        today->stopped += stopped;
    }
    for (int kind = 0; kind < 2; kind++)
        for (int state = 0; state < STATES; state++) {
            const i64 alive = f->group[kind][state];
            i64 failed = 0;
            if (!class->fail_before) failed = binomial_quantile(group_uniform(of_wave, W.fail, 0, kind, state),
                alive, class->fail_share);
            f->group[kind][state] = alive - failed;
            tally->failed[kind] += failed;
            tally->leaked[STATE_REASON[state]][kind] += alive - failed;
            today->leaked += alive - failed;
        }
    f->raided[c] += number[0];
    f->harm[c] += left_of(f, 0);
    find_group_places(f, c, of_wave, (int)number[0]);
}

/* --- nights and midnights (C1, C2, O) ---------------------------------------------------------------------------- */

static int is_spent(const Future *f, int c) {
    i64 rounds = 0;
    for (int t = 0; t < f->T; t++)
        if (f->fires[c * f->T + t]) rounds += f->depot[t];
    for (int j = 0; j < f->cells; j++)
        if (f->fires[c * f->T + f->cell_type[j]]) rounds += f->ready[j] + f->reload[j] + f->moving[j];
    return rounds == 0;
}

/* Whether so many came to one place, none was shot at and one leaked dry: eight-and-none (O). */
static int is_massed_dry(const Future *f, int c) {
    const int32_t *restrict came = places_of(f, c) + CAME_HERE * f->sites,
                  *restrict shots = came + SHOTS_HERE * f->sites, *restrict dry = came + DRY_HERE * f->sites;
    const int32_t massed = (int32_t)min_of(f->p->massed, INT32_MAX);
    int found = 0;
    for (int s = 0; s < filled_up(f->sites); s++) found |= (came[s] >= massed) & (shots[s] == 0) & (dry[s] > 0);
    return found;
}

static void note_dry(Future *f, int c, int day) {
    ByClass *tally = &f->by_class[c];
    tally->dry_nights++;
    if (tally->first_dry == NEVER) tally->first_dry = day;
    if (tally->first_dry_national == NEVER && is_spent(f, c)) tally->first_dry_national = day;
    if (f->placed[c]) tally->massed_dry += is_massed_dry(f, c);
}

/* Count one more night for each asset that has had any, and clear for the next night. */
static void count_night(int32_t *restrict nights, int32_t *restrict tonight, int assets) {
    assets = filled_up(assets);
    for (int a = 0; a < assets; a++) {
        nights[a] += tonight[a] > 0;
        tonight[a] = 0;
    }
}

static void close_class(Future *f, const DayClass *today, int c, int day) {
    ByClass *tally = &f->by_class[c];
    if (today->dry > 0) note_dry(f, c, day);
    count_night(&f->attacked[c * f->wide], &f->came[c * f->wide], f->wide);
    if (f->harm[c] > 0) count_night(&f->harmed[c * f->wide], &f->leaked[c * f->wide], f->wide);
    tally->raid_nights += f->raided[c] > 0;
    tally->clean_nights += f->raided[c] > 0 && f->harm[c] == 0;
    f->raided[c] = f->harm[c] = 0;
    if (f->placed[c]) memset(places_of(f, c), 0, sizeof(int32_t) * PLACE_COLUMNS * f->sites);
    f->placed[c] = 0;
}

/* Whether a magazine that counts stands empty: one of the first day, or one that has had a round. */
static int some_empty(Future *f) {
    memset(f->filled, 0, f->M);
    for (int j = 0; j < f->cells; j++) {
        const u32 m = f->cell_magazine[j];
        f->filled[m] |= f->ready[j] + f->reload[j] > 0;
        f->counts[m] |= f->had[j] != 0;
    }
    int empty = 0;
    for (int m = 0; m < f->M; m++) empty |= f->counts[m] & !f->filled[m];
    return empty;
}

/* Whether all magazines stand empty, some of which count; one that does not count never had a round. */
static int all_empty(const i64 *restrict ready, const i64 *restrict reload, int n) {
    i64 rounds = 0;
    n = filled_up(n);
    for (int j = 0; j < n; j++) rounds += ready[j] + reload[j];
    return rounds == 0;
}

static void count_stock(Future *f, int midnight) {
    i64 *stock = &f->stock[(i64)midnight * f->T];
    for (int t = 0; t < f->T; t++) stock[t] = f->country[t] - f->by_type[t].used - f->by_type[t].lost;
    if (f->first_empty[0] == NEVER && some_empty(f)) f->first_empty[0] = midnight;
    if (f->first_empty[1] == NEVER && f->first_empty[0] != NEVER && all_empty(f->ready, f->reload, f->cells))
        f->first_empty[1] = midnight;
}

static void night_raids(Future *f, u64 night, int day, i64 start, i64 stop) {
    DayClass *today = &f->day_class[(i64)day * f->C];
    DayType *today_type = &f->day_type[(i64)day * f->T];
    const int more = stop - start > 1 || f->p->waves > 1;
    for (int k = 0; k < f->L; k++) f->layer[k].treated = 0;
    for (i64 row = start; row < stop; row++) {
        const u64 raid = fold(fold(night, W.raids), row - start);
        const i64 *launched = &f->p->raid_counts[row * f->C];
        for (int c = 0; c < f->C; c++) today[c].launched += launched[c];
        for (int wave = 0; wave < f->p->waves; wave++) {
            open_eyes(f, raid, wave);
            for (int turn = 0; turn < f->C; turn++) {
                const int c = (int)f->p->priority[turn];
                if (launched[c] == 0) continue;
                const u64 chain = fold(raid, f->class[c].name);
                if (f->class[c].single)
                    single_raid(f, &today[c], today_type, c, chain, (int)launched[c], wave, day, more);
                else group_raid(f, &today[c], c, chain, launched[c], wave);
            }
        }
    }
    for (int t = 0; t < f->T; t++) {
        const i64 used = (i64)(f->fired[t] & UINT32_MAX);
        today_type[t].used += used;
        f->by_type[t].used += used;
        f->by_type[t].kills += (i64)(f->fired[t] >> 32);
        f->fired[t] = 0;
    }
    for (int c = 0; c < f->C; c++)
        if (today[c].launched > 0) close_class(f, &today[c], c, day);
}

/* Sum people over assets, in their order. */
static void count_people(Future *f) {
    for (int c = 0; c < f->C; c++)
        for (int a = 0; a < f->A; a++) {
            f->people[c].attacked += f->p->asset_people[a] * f->attacked[c * f->wide + a];
            f->people[c].spared += f->p->asset_people[a] * (f->attacked[c * f->wide + a] - f->harmed[c * f->wide + a]);
        }
    memset(f->attacked, 0, sizeof(int32_t) * f->C * f->wide);
    memset(f->harmed, 0, sizeof(int32_t) * f->C * f->wide);
}

/* --- from the arrays to a future --------------------------------------------------------------------------------- */

#define ROW(name, n, size) (p->name + ((n) % p->name##_rows) * (i64)(size))
#define NEW(type, n) ((type *)calloc((size_t)max_of(1, (n)), sizeof(type)))

static void reach_everything(Future *f, const Problem *p, i64 n) {
    const i64 cells = (i64)f->B * f->A * f->C;
    const double *low = ROW(cover_low, n, cells), *high = ROW(cover_high, n, cells);
    const i64 *reserve = ROW(reserve, n, (i64)f->S * f->C * f->T);
    u32 rows = 0;
    for (int c = 0; c < f->C; c++)
        for (int b = 0; b < f->B; b++) {
            const i64 list = (p->battery_system[b] * f->C + c) * f->T;
            Load *load = &f->load[c * f->B * f->T + b];
            for (int place = 0; place < f->T; place++, load += f->B) {
                const i64 t = p->loads[list + place];
                *load = (Load){0, 0, NO_TYPE};
                if (!f->armed[b] || t < 0 || (place > 0 && load[-f->B].type == NO_TYPE)) continue;
                *load = (Load){reserve[list + t], f->cell_of[f->magazine_of[b] * f->T + t], (u32)t};
            }
        }
    memset(f->serves, 0, (size_t)f->L * f->C);
    memset(f->reach_bits, 0, sizeof(u64) * f->C * f->A * f->words);
    for (int c = 0; c < f->C; c++)
        for (int a = 0; a < f->A; a++) {
            f->reach_start[c * f->A + a] = rows;
            for (int k = 0; k < f->L; k++)
                for (u32 b = f->layer[k].first; b < f->layer[k].last; b++) {
                    const i64 cell = ((i64)b * f->A + a) * f->C + c;
                    if (!f->may_fire[b * f->C + c] || high[cell] <= low[cell]) continue;
                    f->serves[k * f->C + c] = 1;
                    if (p->country[a]) f->reach[rows++] = (Reach){low[cell], high[cell], b};
                    else if (low[cell] <= 0.5 && 0.5 < high[cell])
                        f->reach_bits[(c * f->A + a) * f->words + f->word_of[b]] |= f->bit[b];
                }
        }
    f->reach_start[f->C * f->A] = rows;
}

/* What the batteries of each layer fire first at each class, where they agree. */
static void find_first_types(Future *f, const Problem *p) {
    for (int k = 0; k < f->L; k++)
        for (int c = 0; c < f->C; c++) {
            u32 *found = &f->first_type[k * f->C + c];
            int types = 0;
            for (u32 b = f->layer[k].first; b < f->layer[k].last; b++) {
                if (!f->may_fire[b * f->C + c]) continue;
                const u32 t = (u32)p->loads[(p->battery_system[b] * f->C + c) * f->T];
                types += types == 0 || t != *found;
                *found = t;
            }
            if (types != 1) *found = NO_TYPE;
        }
}

static void make_cells(Future *f, const Problem *p) {
    u32 used = 0;
    for (int t = 0; t < f->T; t++) {
        f->cells_start[t] = used;
        for (int rank = 0; rank < f->M; rank++)
            for (int m = 0; m < f->M; m++)
                if (p->magazine_rank[m] == rank && p->room_ready[m * f->T + t] + p->room_reload[m * f->T + t] > 0) {
                    f->room_ready[used] = p->room_ready[m * f->T + t];
                    f->cell_magazine[used] = (u32)m;
                    f->cell_type[used] = (u32)t;
                    f->cell_is_real[used] = 1;
                    f->cell_of[m * f->T + t] = used++;
                }
        f->rooms[t] = used - f->cells_start[t];
        used = (u32)filled_up((int)used);
    }
    f->cells = (int)used;
    f->cells_start[f->T] = used;
    for (int m = 0; m < f->M; m++)
        for (int t = 0; t < f->T; t++)
            if (p->room_ready[m * f->T + t] + p->room_reload[m * f->T + t] <= 0) f->cell_of[m * f->T + t] = used;
}

/* Every array of a desk: its name, how many there are, and what of. */
#define ARRAYS(f, most, cells, p)                                                                                     \
    A(class, f->C) A(layer, f->L) A(luck, f->B) A(repair, f->B) A(share, f->B) A(fit, f->B) A(loss, f->B)             \
    A(reliability, f->B) A(name, f->B) A(stands, f->B) A(bit, f->B) A(start, f->B) A(channels, f->B) A(teams, f->B)   \
    A(spare, f->B) A(fired, f->T) A(magazine_of, f->B) A(word_of, f->B) A(armed, f->B) A(to_depot, f->B)              \
    A(begun, f->B) A(broken, f->B) A(gone, f->B) A(sighted, f->B) A(stand_bits, f->words) A(able_bits, f->words)      \
    A(full_bits, f->words) A(round_bits, f->words) A(no_channel_bits, f->words) A(ready, cells) A(reload, cells)      \
    A(moving, cells) A(had, cells) A(room_ready, cells) A(room, cells) A(weight, cells) A(cell_magazine, cells)       \
    A(cell_type, cells) A(cell_is_real, cells) A(cells_start, f->T + 1) A(rooms, f->T) A(cell_of, f->M * f->T)        \
    A(held, cells) A(free, cells) A(given, cells) A(last, cells) A(following, cells) A(open, f->M) A(rate, f->M)      \
    A(left, f->M) A(fate, f->M) A(counts, f->M) A(filled, f->M) A(depot, f->T) A(country, f->T)                       \
    A(pipe, cells * max_of(1, p->transit)) A(reach_bits, (f->C * f->A + most) * f->words)                             \
    A(reach_start, f->C * f->A + 1) A(reach, (i64)f->B * f->A * f->C) A(load, f->B * f->C * f->T)                     \
    A(first_type, f->L * f->C) A(may_fire, f->B * f->C) A(serves, f->L * f->C) A(fires, f->C * f->T)                  \
    A(is_country, f->A) A(word, most) A(place_word, most) A(shots_word, most) A(mark, most) A(guards, most)           \
    A(watchers, most) A(location, most) A(asset, most) A(row, most) A(state, most) A(turn, most) A(out, most)         \
    A(plan, most) A(flag, most) A(queue, most) A(wanted_type, most) A(gun, most) A(engaged, most)                     \
    A(guide, f->C << f->guide_bits) A(target_mark, f->C * f->A) A(came, f->C * f->wide) A(leaked, f->C * f->wide)     \
    A(attacked, f->C * f->wide) A(harmed, f->C * f->wide) A(raided, f->C) A(harm, f->C)                               \
    A(place, f->C * PLACE_COLUMNS * f->sites) A(placed, f->C) A(kill, f->T * f->C) A(track_mark, f->L * f->C)

/* Blank memory of whole lines of the cache, one more than is asked for. */
static void *blank(size_t size) {
    size = (size + 127) & ~(size_t)63;
    return memset(aligned_alloc(64, size), 0, size);
}

static void open_desk(Future *f, const Problem *p) {
    *f = (Future){.p = p, .C = p->classes, .T = p->types, .L = p->layers, .B = p->batteries, .M = p->magazines,
                  .A = p->assets, .S = p->systems, .K = p->looks};
    const i64 cells = (i64)f->T * filled_up(f->M) + LANES;
    i64 most = LANES;
    int repairs = 0, later = 0;
    for (i64 i = 0; i < p->raid_counts_rows * p->classes; i++) most = max_of(most, p->raid_counts[i]);
    for (int a = 0; a < f->A; a++) f->countries |= p->country[a] == 1;
    f->wide = filled_up(f->A);
    f->sites = filled_up(f->A + (f->countries ? f->B : 0));
    for (int k = 0; k < f->L; k++) f->words += (int)(p->layer_start[k + 1] - p->layer_start[k] + 63) / 64;
    for (f->guide_bits = 3; 1 << f->guide_bits < 4 * f->A;) f->guide_bits++;
#define A(name, n) f->name = blank((size_t)max_of(1, n) * sizeof *f->name);
    ARRAYS(f, most, cells, p)
#undef A
    f->battery_name = p->battery_word;
    f->asset_name = p->asset_word;
    for (int a = 0; a < f->A; a++) f->is_country[a] = p->country[a] == 1;
    for (u32 k = 0, w = 0; k < (u32)f->L; k++) {
        const u32 first = (u32)p->layer_start[k], last = (u32)p->layer_start[k + 1], words = (last - first + 63) / 64;
        f->layer[k] = (Layer){p->layer_word[k], 0, first, last, w, w + words, (u8)p->layer_kind[k]};
        for (u32 b = first; b < last; b++) {
            f->word_of[b] = w + (b - first) / 64;
            f->bit[b] = 1ULL << ((b - first) & 63);
        }
        w += words;
    }
    for (int b = 0; b < f->B; b++) {
        f->name[b] = p->battery_word[b];
        f->magazine_of[b] = (u32)max_of(0, p->magazine[b]);
        f->armed[b] = p->magazine[b] >= 0;
        f->to_depot[b] = (u8)p->loss_to_depot[b];
        for (int c = 0; c < f->C; c++)
            f->may_fire[b * f->C + c] = f->armed[b] && p->loads[(p->battery_system[b] * f->C + c) * f->T] >= 0;
    }
    for (int s = 0; s < f->S; s++)
        for (int c = 0; c < f->C; c++)
            for (int place = 0; place < f->T && p->loads[(s * f->C + c) * f->T + place] >= 0; place++)
                f->fires[c * f->T + p->loads[(s * f->C + c) * f->T + place]] = 1;
    find_first_types(f, p);
    make_cells(f, p);
    for (i64 i = 0; i < p->loss_rows * f->B; i++) f->losses |= p->loss[i] > 0.0;
    for (i64 i = 0; i < p->availability_rows * f->B; i++) f->fallible |= p->availability[i] < 1.0;
    for (i64 i = 0; i < p->repair_rows * f->B; i++) repairs |= p->repair[i] > 0.0;
    for (i64 i = 0; i < p->battery_from_rows * f->B; i++) later |= p->battery_from[i] > 0;
    for (i64 i = 0; i < p->reliability_rows * p->reliability_eras * f->B; i++) f->blindable |= p->reliability[i] < 1.0;
    for (i64 i = 0; i < p->reload_rate_rows * f->M; i++) f->slow |= p->reload_rate[i] >= 0;
    f->steady = !(f->losses || repairs || later);
    list_reasons();
}

static void close_desk(Future *f) {
#define A(name, n) free(f->name);
    ARRAYS(f, most, cells, p)
#undef A
}

static void turn_to(Future *f, const Sheets *s, i64 n) {
    const Problem *p = f->p;
    for (int c = 0; c < f->C; c++) {
        const double fail = ROW(fail, n, f->C)[c];
        f->class[c] = (Class){p->class_word[c], ROW(decoy_share, n, f->C)[c], fail, ROW(decoy_count, n, f->C)[c],
                              marks_below(fail), (u8)p->fail_before[c], (u8)p->single[c], 0};
        f->class[c].decoyed = f->class[c].decoy_share > 0.0 || f->class[c].decoy_count > 0;
    }
    memset(f->no_channel_bits, 0, sizeof(u64) * f->words);
    for (int b = 0; b < f->B; b++) {
        f->share[b] = ROW(availability, n, f->B)[b];
        f->fit[b] = marks_below(f->share[b]);
        f->repair[b] = ROW(repair, n, f->B)[b];
        f->loss[b] = marks_below(ROW(loss, n, f->B)[b]);
        f->start[b] = ROW(battery_from, n, f->B)[b];
        f->teams[b] = ROW(teams, n, f->B)[b];
        f->channels[b] = ROW(channels, n, f->B)[b];
        f->broken[b] = f->gone[b] = 0;
        f->sighted[b] = 1;
        if (f->channels[b] <= 0) f->no_channel_bits[f->word_of[b]] |= f->bit[b];
    }
    for (int m = 0; m < f->M; m++) {
        f->rate[m] = ROW(reload_rate, n, f->M)[m];
        f->fate[m] = f->counts[m] = 0;
    }
    for (int j = 0; j < f->cells; j++) {
        const i64 place = f->cell_magazine[j] * f->T + f->cell_type[j];
        f->ready[j] = f->reload[j] = f->moving[j] = f->had[j] = f->room[j] = 0;
        f->weight[j] = 1.0;
        if (!f->cell_is_real[j]) continue;
        f->weight[j] = ROW(weight, n, f->M * f->T)[place];
        if (f->weight[j] > 0.0) f->room[j] = p->room_ready[place] + p->room_reload[place];
    }
    memcpy(f->depot, ROW(stock, n, f->T), sizeof(i64) * f->T);
    if (n == 0 || p->cover_low_rows > 1 || p->cover_high_rows > 1 || p->reserve_rows > 1) reach_everything(f, p, n);
    f->target_cut = ROW(target_cut, n, f->C * f->A);
    f->target_share = ROW(target_share, n, f->C * f->A);
    f->cover_high = ROW(cover_high, n, (i64)f->B * f->A * f->C);
    f->arrivals = ROW(arrivals, n, p->days * f->T);
    f->shifts = *ROW(shift, n, 1) > 0.0;
    f->shift = marks_below(*ROW(shift, n, 1));
    f->by_class = (ByClass *)s->by_class + n * f->C;
    f->by_type = (ByType *)s->by_type + n * f->T;
    f->day_class = (DayClass *)s->day_class + n * p->days * f->C;
    f->day_type = (DayType *)s->day_type + n * p->days * f->T;
    f->people = (People *)s->people + n * f->C;
    f->asset_leaked = s->asset_leaked + n * f->A * f->C * REASONS;
    f->asset_first_dry = s->asset_first_dry + n * f->A * f->C;
    f->stock = s->stock + n * (p->days + 1) * f->T;
    f->first_empty = s->first_empty + n * 2;
    if (n == 0 || p->target_cut_rows > 1) make_guide(f);
}

static void enter_era(Future *f, i64 n, i64 era) {
    const Problem *p = f->p;
    const i64 lc = (i64)f->L * f->C, tc = (i64)f->T * f->C;
    const double *kill = ROW(kill, n, p->eras * tc) + era * tc;
    const double *reliability = ROW(reliability, n, p->reliability_eras * f->B) + era % p->reliability_eras * f->B;
    f->track = ROW(track, n, p->track_eras * lc) + era % p->track_eras * lc;
    f->success = ROW(success, n, p->success_eras * lc) + era % p->success_eras * lc;
    for (int x = 0; x < tc; x++) f->kill[x] = marks_below(kill[x]);
    for (int x = 0; x < lc; x++) f->track_mark[x] = marks_below(f->track[x]);
    for (int b = 0; b < f->B; b++) f->reliability[b] = marks_below(reliability[b]);
}

/* Fight every future, each from its first day to its last; `words` are those of the causes, in the order of Words. */
void nights(const Problem *p, const Sheets *s, const u64 *words) {
    Future desk, *f = &desk;
    memcpy(&W, words, sizeof W);
    open_desk(f, p);
    for (i64 n = 0; n < p->futures; n++) {
        const i64 *start = p->raid_start + n * (p->days + 1), *eras = ROW(era_start, n, p->eras);
        i64 era = 0;
        turn_to(f, s, n);
        begin(f);
        count_stock(f, 0);
        enter_era(f, n, era);
        for (int day = 0; day < p->days; day++) {
            const u64 night = fold(p->chains[n], day);
            while (era + 1 < p->eras && eras[era + 1] <= day) enter_era(f, n, ++era);
            land(f, day);
            stand(f, night, day);
            open_magazines(f);
            fill(f, day, (int)p->transit);
            ready_up(f, f->slow);
            if (start[day + 1] > start[day]) night_raids(f, night, day, start[day], start[day + 1]);
            count_stock(f, day + 1);
        }
        count_people(f);
    }
    close_desk(f);
}
