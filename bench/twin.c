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

typedef struct {
    u32 asset, site, primary, fired;
    const struct Reach *row; /* the first that covers and sees it, in the layer that it meets */
    int gun;
    u8 decoy, alive, hit, engaged, saw, treated, is_short;
} Threat;
typedef struct { u64 name; double decoy_share, fail; i64 decoy_count; u8 fail_before, single; } Class;
typedef struct { u64 name; i64 rank; u8 country; } Asset;
typedef struct { u64 name; i64 treated; u32 first, last; u8 kind; } Layer;
typedef struct {
    u64 name;
    double availability, repair, loss;
    i64 start, teams, channels;
    u32 magazine;
    u8 armed, to_depot, begun, broken, gone, sighted;
} Battery;
typedef struct Reach { double low, high; u32 battery, first, last; } Reach;
typedef struct { i64 reserve; u32 cell, type; } Load;
typedef struct { i64 ready, reload, moving, room_ready, room; double weight; u32 magazine, type; } Cell;
typedef struct { i64 total, rate, left; u8 open, fate, counts; } Magazine;
typedef struct { int32_t came, leaked, dry; } Tonight;
typedef struct { int32_t came, shots, dry; } Place;
/* Cells that wait for rounds of a type: whole numbers, but for the weight and the levels of the last and next round. */
typedef struct { double *weight, *held, *free, *given, *last, *following; u32 *cell; } Need;

typedef struct {
    const Problem *p;
    int C, T, L, B, M, A, S, K, sites, cells, guides;
    Class *class;
    Asset *asset;
    Layer *layer;
    Battery *battery;
    Magazine *magazine;
    Cell *cell;                          /* by type, and in the order of ties; the last is no cell, and empty */
    u32 *cells_start, *cell_of;          /* by type; by magazine and type */
    i64 *depot, *country, *pipe;         /* pipe: by cell and day of transit */
    u32 *reach_start;                    /* [c][a][k], and one beyond */
    Reach *reach;
    Load *load;
    u32 *load_start;                     /* [b][c] */
    u8 *may_fire, *serves, *fires, *stands, *able;
    i64 *busy;
    Need need;
    Threat *threat;
    u64 *word, *place_word, *shots_word; /* by threat */
    double *location, *key, *luck;
    u32 *turn, *queue, *plan;
    u32 *guide;
    Tonight *tonight;                    /* [c][a] */
    u64 *touched;                        /* [c][a / 64]: a bit for each asset that somebody came to tonight */
    int bit_words;
    Place *place;                        /* [c][site] */
    i64 group[2][STATES];
    i64 counted, empty;                  /* magazines */
    /* rows of this future */
    const double *target_cut, *target_share, *cover_high, *kill, *track, *success, *reliability;
    const i64 *arrivals;
    double shift;
    int losses, fallible, steady, blindable, slow, countries;
    ByClass *by_class;
    ByType *by_type;
    DayClass *day_class;
    DayType *day_type;
    People *people;
    i64 *asset_leaked, *asset_first_dry, *stock, *first_empty;
} Future;

/* --- dice (F3) ------------------------------------------------------------------------------------------------------ */

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

static inline double uniform(u64 chain) { return ((double)(i64)(chain >> 12) + 0.5) * 0x1p-52; }
static inline i64 min_of(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 max_of(i64 a, i64 b) { return a > b ? a : b; }

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
    for (i64 k = mode; k > low; k--) first = first * k * (others - drawn + k) / ((marked - k + 1.0) * (drawn - k + 1.0));
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

/* --- mornings (C1, S5, W4, W6) --------------------------------------------------------------------------------------- */

static inline void take_in(Future *f, Magazine *m, i64 rounds) {
    if (rounds > 0 && m->total == 0) {
        if (m->counts) f->empty--;
        else {
            m->counts = 1;
            f->counted++;
        }
    }
    m->total += rounds;
}

static inline void take_out(Future *f, Magazine *m, i64 rounds) {
    m->total -= rounds;
    if (rounds > 0 && m->total == 0) f->empty++;
}

static void land(Future *f, int day) {
    const int transit = (int)f->p->transit;
    for (int t = 0; t < f->T; t++) {
        f->depot[t] += f->arrivals[day * f->T + t];
        f->country[t] += f->arrivals[day * f->T + t];
    }
    if (transit == 0) return;
    for (int j = 0; j < f->cells; j++) {
        Cell *here = &f->cell[j];
        Magazine *m = &f->magazine[here->magazine];
        i64 *load = &f->pipe[j * transit + day % transit];
        here->moving -= *load;
        if (m->fate == WITH_BATTERY) {
            here->reload += *load;
            take_in(f, m, *load);
        } else if (m->fate == LOST_WITH_BATTERY) f->by_type[here->type].lost += *load;
        else f->depot[here->type] += *load;
        *load = 0;
    }
}

static inline int is_fit(Battery *b, double u, u64 night) {
    const double share = b->availability;
    if (share >= 1.0) return 1;
    if (b->repair <= 0.0) return u < share;
    if (!b->begun) b->broken = !(u < share);
    else if (b->broken) {
        if (uniform(fold(fold(night, W.repair), b->name)) * b->repair < 1.0) b->broken = 0;
    } else if (u * (share * b->repair) >= share * b->repair - (1.0 - share)) b->broken = 1;
    return !b->broken;
}

static void stand(Future *f, u64 night, int day) {
    if (f->fallible) {
        const u64 chain = fold(night, W.fit);
        for (int b = 0; b < f->B; b++) f->luck[b] = uniform(fold(chain, f->battery[b].name));
    }
    if (f->steady) {
        for (int b = 0; b < f->B; b++) {
            f->stands[b] = f->luck[b] < f->battery[b].availability;
            f->battery[b].begun = 1;
        }
        return;
    }
    for (int i = 0; i < f->B; i++) {
        Battery *b = &f->battery[i];
        f->stands[i] = 0;
        if (b->start > day || b->gone) continue;
        f->stands[i] = is_fit(b, f->luck[i], night);
        b->begun = 1;
    }
}

static void open_magazines(Future *f) {
    for (int m = 0; m < f->M; m++) f->magazine[m].open = 0;
    if (f->M == 0) return;
    for (int b = 0; b < f->B; b++) f->magazine[f->battery[b].magazine].open |= f->stands[b] & f->battery[b].armed;
}

static int queue_up(Future *f, u32 first, u32 last) {
    const Need need = f->need;
    int n = 0;
    for (u32 j = first; j < last; j++) {
        const Cell *here = &f->cell[j];
        const i64 held = here->ready + here->reload + here->moving;
        need.cell[n] = j; /* no branch: who waits cannot be foreseen */
        need.weight[n] = here->weight;
        need.held[n] = (double)held;
        need.free[n] = (double)(here->room - held);
        n += f->magazine[here->magazine].open & (held < here->room) & (here->weight > 0.0);
    }
    return n;
}

/* About the level (held / weight) to which these rounds lift the waiting cells. */
static double water_level(const Need need, int n, double rounds) {
    double held = rounds + 0.5 * n, total = 0.0;
    for (int j = 0; j < n; j++) {
        held += need.held[j];
        total += need.weight[j];
    }
    double level = held / total;
    for (int pass = 0; pass < 4; pass++) {
        double active = 0.0, left = rounds;
        held = total = 0.0;
        for (int j = 0; j < n; j++) {
            const double wanted = level * need.weight[j] - need.held[j];
            const double is_active = 0.0 < wanted && wanted < need.free[j] ? 1.0 : 0.0;
            active += is_active;
            held += is_active * need.held[j];
            total += is_active * need.weight[j];
            left -= wanted >= need.free[j] ? need.free[j] : 0.0;
        }
        const double better = active > 0.0 ? (left + held + 0.5 * active) / total : level;
        if (better == level) break;
        level = better;
    }
    return level;
}

#define BEYOND 1e300
static inline void set_levels(const Need need, int j) {
    const double level = need.held[j] + need.given[j];
    need.last[j] = need.given[j] > 0.0 ? level / need.weight[j] : -BEYOND;
    need.following[j] = need.given[j] < need.free[j] ? (level + 1.0) / need.weight[j] : BEYOND;
}

/* There is no NaN and no signed zero among levels, so the least and the greatest may be sought several at a time. */
__attribute__((optimize("finite-math-only", "no-signed-zeros"))) static double least(const double *level, int n) {
    double lowest = BEYOND;
    for (int j = 0; j < n; j++) lowest = level[j] < lowest ? level[j] : lowest;
    return lowest;
}

__attribute__((optimize("finite-math-only", "no-signed-zeros"))) static double greatest(const double *level, int n) {
    double highest = -BEYOND;
    for (int j = 0; j < n; j++) highest = level[j] > highest ? level[j] : highest;
    return highest;
}

/* As if one at a time, each to the lowest level (held + j) / weight, ties by rank (S5). */
static void share_out(const Need need, int n, double rounds) {
    const int few = rounds <= 6.0;
    const double level = few ? 0.0 : water_level(need, n, rounds);
    double left = rounds;
    for (int j = 0; j < n; j++) {
        double wanted = level * need.weight[j] - need.held[j];
        wanted = wanted < rounds ? wanted : rounds;
        wanted = wanted < need.free[j] ? wanted : need.free[j];
        need.given[j] = floor(wanted > 0.0 ? wanted : 0.0);
    }
    for (int j = 0; j < n; j++) {
        left -= need.given[j];
        set_levels(need, j);
    }
    while (!few || left > 0.0) {
        const double lowest = least(need.following, n);
        int last = n - 1, following = 0;
        while (following < n - 1 && need.following[following] != lowest) following++;
        if (left > 0.0) {
            need.given[following] += 1.0;
            left -= 1.0;
            set_levels(need, following);
            continue;
        }
        const double highest = greatest(need.last, n);
        while (last > 0 && need.last[last] != highest) last--;
        if (left == 0.0 && (highest < lowest || (highest == lowest && last <= following))) return;
        need.given[last] -= 1.0;
        left += 1.0;
        set_levels(need, last);
    }
}

static void fill(Future *f, int day, int transit) {
    const Need need = f->need;
    for (int t = 0; t < f->T; t++) {
        if (f->depot[t] == 0) continue;
        const int n = queue_up(f, f->cells_start[t], f->cells_start[t + 1]);
        double sent = 0.0;
        for (int j = 0; j < n; j++) {
            need.given[j] = need.free[j];
            sent += need.free[j];
        }
        if ((double)f->depot[t] < sent) {
            sent = (double)f->depot[t];
            share_out(need, n, sent);
        }
        f->depot[t] -= (i64)sent;
        for (int j = 0; j < n; j++) {
            Cell *here = &f->cell[need.cell[j]];
            const i64 given = (i64)need.given[j];
            if (transit == 0) {
                here->reload += given;
                take_in(f, &f->magazine[here->magazine], given);
            } else {
                here->moving += given;
                f->pipe[need.cell[j] * transit + day % transit] += given;
            }
        }
    }
}

static void ready_up(Future *f, int slow) {
    if (slow)
        for (int m = 0; m < f->M; m++) f->magazine[m].left = f->magazine[m].rate;
    for (int j = 0; j < f->cells; j++) {
        Cell *here = &f->cell[j];
        if (here->reload == 0) continue;
        i64 moved = min_of(here->reload, here->room_ready - here->ready);
        if (slow && f->magazine[here->magazine].rate >= 0) {
            moved = min_of(moved, f->magazine[here->magazine].left);
            f->magazine[here->magazine].left -= moved;
        }
        here->ready += moved;
        here->reload -= moved;
    }
}

static void begin(Future *f) {
    memset(f->pipe, 0, sizeof(i64) * (f->cells + 1) * max_of(1, f->p->transit));
    f->counted = f->empty = 0;
    memcpy(f->country, f->depot, sizeof(i64) * f->T);
    for (int b = 0; b < f->B; b++) f->stands[b] = f->battery[b].start <= 0;
    open_magazines(f);
    fill(f, 0, 0);
    ready_up(f, 0);
    for (int m = 0; m < f->M; m++)
        if (f->magazine[m].open && !f->magazine[m].counts) {
            f->magazine[m].counts = 1;
            f->counted++;
            f->empty++;
        }
}

/* --- who comes (R3, R4, W2, W5, E1) ------------------------------------------------------------------------------------ */

static void sort_turns(u32 *turn, const double *key, int n) {
    for (int i = 1; i < n; i++) {
        const u32 moved = turn[i];
        int j = i;
        while (j > 0 && key[turn[j - 1]] > key[moved]) {
            turn[j] = turn[j - 1];
            j--;
        }
        turn[j] = moved;
    }
}

static double covered_share(const Future *f, int c, int a) {
    double share = 0.0;
    for (int b = 0; b < f->B; b++)
        if (f->battery[b].begun && !f->battery[b].gone && f->may_fire[b * f->C + c])
            share = fmax(share, f->cover_high[((i64)b * f->A + a) * f->C + c]);
    return fmin(1.0, share);
}

static void make_guide(Future *f) {
    for (int c = 0; c < f->C; c++)
        for (int cell = 0, a = 0; cell < f->guides; cell++) {
            while (a < f->A - 1 && (double)cell / f->guides >= f->target_cut[c * f->A + a]) a++;
            f->guide[c * f->guides + cell] = a;
        }
}

static inline int draw_asset(const Future *f, int c, double u) {
    int a = f->guide[c * f->guides + (u32)(u * f->guides)];
    while (a < f->A - 1 && u >= f->target_cut[c * f->A + a]) a++;
    return a;
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

static void plan_shares(Future *f, int c, u64 chain, int n) {
    for (int i = 0; i < n; i++) {
        f->turn[i] = i;
        f->key[i] = uniform(fold(fold(chain, i), W.place));
    }
    sort_turns(f->turn, f->key, n);
    for (int a = 0, done = 0; a < f->A; a++) {
        const int upto = a == f->A - 1 ? n : (int)floor(f->target_cut[c * f->A + a] * n + 0.5);
        for (; done < upto; done++) f->plan[f->turn[done]] = a;
    }
}

static double decoy_limit(Future *f, int c, u64 chain, int n) {
    const Class *class = &f->class[c];
    if (class->decoy_count < 0) return class->decoy_share;
    if (class->decoy_count >= n) return 1.0;
    for (int i = 0; i < n; i++) {
        f->turn[i] = i;
        f->key[i] = uniform(fold(fold(chain, i), W.decoy));
    }
    sort_turns(f->turn, f->key, n);
    return f->key[f->turn[class->decoy_count]];
}

static void shift_targets(Future *f, int c, int n) {
    for (int i = 0; i < n; i++) {
        if (uniform(fold(f->word[i], W.shift)) >= f->shift) continue;
        const int moved = shifted_asset(f, c, f->key[i]);
        if (moved < 0) continue;
        f->threat[i].asset = moved;
        f->location[i] = 0.5;
        if (f->asset[moved].country) {
            const double share = covered_share(f, c, moved);
            f->location[i] = share + (1.0 - share) * uniform(fold(f->word[i], W.location));
        }
    }
}

static inline void touch(Future *f, int c, u32 a) { f->touched[c * f->bit_words + (a >> 6)] |= 1ULL << (a & 63); }

static int sift(Future *f, int c, double limit, double fail, int wave, int n) {
    const i64 waves = f->p->waves;
    int kept = 0;
    for (int i = 0; i < n; i++) {
        const u64 word = f->word[i];
        if (waves > 1 && (i64)(uniform(fold(word, W.wave)) * waves) != wave) continue;
        const int decoy = limit > 0.0 && uniform(fold(word, W.decoy)) < limit;
        const u32 a = f->threat[i].asset;
        f->by_class[c].launched[decoy]++;
        f->tonight[c * f->A + a].came += 1 - decoy;
        touch(f, c, a);
        if (fail > 0.0 && uniform(fold(word, W.fail)) < fail) {
            f->by_class[c].failed[decoy]++;
            continue;
        }
        f->word[kept] = word;
        f->location[kept] = f->location[i];
        f->threat[kept].asset = a;
        f->threat[kept++].decoy = decoy;
    }
    return kept;
}

static int muster(Future *f, int c, u64 chain, int launched, int wave) {
    const Class *class = &f->class[c];
    const double limit = decoy_limit(f, c, chain, launched), fail = class->fail_before ? class->fail : 0.0;
    const int planned = f->p->allocation == 1;
    Threat *restrict threat = f->threat;
    u64 *restrict word = f->word, *restrict place_word = f->place_word;
    double *restrict key = f->key, *restrict location = f->location;
    if (planned) plan_shares(f, c, chain, launched);
    for (int i = 0; i < launched; i++) word[i] = fold(chain, i);
    for (int i = 0; i < launched; i++) key[i] = uniform(fold(word[i], W.place));
    for (int i = 0; i < launched; i++) {
        threat[i].asset = planned ? (int)f->plan[i] : draw_asset(f, c, key[i]);
        threat[i].decoy = 0;
        location[i] = 0.5;
    }
    if (f->countries)
        for (int i = 0; i < launched; i++)
            if (f->asset[threat[i].asset].country) location[i] = uniform(fold(word[i], W.location));
    if (f->shift > 0.0) shift_targets(f, c, launched);
    int n = launched;
    if (f->p->waves > 1 || limit > 0.0 || fail > 0.0) n = sift(f, c, limit, fail, wave, launched);
    else {
        f->by_class[c].launched[0] += launched;
        for (int i = 0; i < n; i++) {
            f->tonight[c * f->A + threat[i].asset].came++;
            touch(f, c, threat[i].asset);
        }
    }
    for (int i = 0; i < n; i++) {
        Threat *one = &threat[i];
        place_word[i] = fold(word[i], f->asset[one->asset].name ^ (u64)wave);
        one->site = one->asset;
        one->fired = 0;
        one->alive = 1;
        one->hit = one->saw = one->treated = one->is_short = 0;
    }
    return n;
}

static void line_up(Future *f, u64 chain, int n) {
    for (int i = 0; i < n; i++) f->turn[i] = i;
    if (f->p->order == ARRIVAL) return;
    for (int i = 0; i < n; i++) {
        const Asset *asset = &f->asset[f->threat[i].asset];
        f->key[i] = f->p->order == RANDOM_ASSET ? uniform(fold(fold(chain, W.asset_order), asset->name)) : (double)asset->rank;
    }
    sort_turns(f->turn, f->key, n);
}

/* --- engagement (E1-E11) -------------------------------------------------------------------------------------------------- */

static void open_eyes(Future *f, u64 raid, int wave) {
    memset(f->busy, 0, sizeof(i64) * f->B);
    memcpy(f->able, f->stands, f->B);
    if (!f->blindable) return;
    const u64 chain = fold(fold(raid, W.reliability), wave);
    for (int k = 0; k < f->L; k++)
        for (u32 i = f->layer[k].first; i < f->layer[k].last; i++) {
            Battery *b = &f->battery[i];
            const u64 name = f->p->scope == BY_LAYER ? f->layer[k].name : f->p->scope == BY_DEFENCE ? W.defence : b->name;
            b->sighted = f->reliability[i] >= 1.0 || uniform(fold(chain, name)) < f->reliability[i];
            if (!b->sighted) f->able[i] = 0;
        }
}

static inline const u32 *reach_of(const Future *f, int c, u32 asset) {
    return &f->reach_start[(c * f->A + asset) * (f->L + 1)];
}

static inline int in_reach(const u8 *stands, const Reach *r, double location) {
    return stands[r->battery] && r->low <= location && location < r->high;
}

static inline int sees(Future *f, Threat *one, int i, const Reach *r, const Reach *end, double track) {
    int covered = 0, sighted = 0;
    for (; r < end; r++)
        if (in_reach(f->stands, r, f->location[i])) {
            if (!covered) one->primary = f->load[r->first].type;
            covered = 1;
            if (f->able[r->battery]) {
                sighted = 1;
                one->row = r;
                break;
            }
        }
    if (!covered) return 0;
    if (!sighted || (track < 1.0 && f->key[i] >= track)) {
        one->saw |= SAW_NOTHING;
        return 0;
    }
    one->engaged = NOT_ENGAGED;
    one->gun = -1;
    return 1;
}

static inline int take_round(Future *f, Threat *one, int i, const Reach *end) {
    int saw = 0;
    for (const Reach *r = one->row; r < end; r++) {
        const u32 b = r->battery;
        if (!in_reach(f->able, r, f->location[i])) continue;
        const int new = one->gun != (int)b;
        if (new && f->busy[b] >= f->battery[b].channels) {
            saw |= SAW_FULL;
            continue;
        }
        int lacks = SAW_DRY;
        for (const Load *load = f->load + r->first, *last = f->load + r->last; load < last; load++) {
            Cell *here = &f->cell[load->cell];
            if (here->ready > load->reserve) {
                if (new) {
                    f->busy[b]++;
                    one->gun = (int)b;
                }
                here->ready--;
                take_out(f, &f->magazine[here->magazine], 1);
                return (int)load->type;
            }
            if (here->ready > 0) lacks = SAW_HELD;
        }
        saw |= lacks;
    }
    one->saw |= saw;
    if (saw & (SAW_DRY | SAW_HELD)) {
        one->is_short = 1;
        if (one->engaged == NOT_ENGAGED) one->engaged = STARVED;
        return -1;
    }
    return -2;
}

static inline void shoot(Future *f, DayType *today, int c, int i, const Reach *end, i64 slot) {
    Threat *one = &f->threat[i];
    const int t = take_round(f, one, i, end);
    if (t >= 0) {
        one->engaged = SHOT;
        one->fired++;
        f->by_type[t].used++;
        today[t].used++;
        if (uniform(fold(f->shots_word[i], slot)) < f->kill[t * f->C + c]) {
            f->by_type[t].kills += !one->hit;
            one->hit = 1;
        }
    } else if (t == -1) f->by_type[one->primary].unmet++;
}

static int first_look(Future *f, DayType *today, int k, int c, int n, int shots) {
    const double track = f->track[k * f->C + c];
    const u64 name = f->layer[k].name;
    const int even = f->p->spread == 1;
    int queued = 0;
    if (track < 1.0)
        for (int i = 0; i < n; i++) f->key[i] = uniform(fold(fold(f->word[i], W.track), name));
    for (int i = 0; i < n; i++) f->shots_word[i] = fold(f->place_word[i], name);
    for (int turn = 0; turn < n; turn++) {
        const u32 i = f->turn[turn];
        Threat *one = &f->threat[i];
        if (!one->alive) continue;
        const u32 *start = reach_of(f, c, one->asset) + k;
        const Reach *end = f->reach + start[1];
        if (!sees(f, one, (int)i, f->reach + start[0], end, track)) continue;
        today[one->primary].wanted += shots;
        f->queue[queued++] = i;
        if (even) continue;
        for (int shot = 0; shot < shots; shot++) shoot(f, today, c, (int)i, end, shot);
        if (one->hit) one->alive = 0;
    }
    return queued;
}

static void salvo(Future *f, DayType *today, int k, int c, int queued, int look, int shots) {
    const int passes = f->p->spread ? shots : 1, each = f->p->spread ? 1 : shots;
    if (look > 0)
        for (int j = 0; j < queued; j++) {
            const Threat *one = &f->threat[f->queue[j]];
            if (!one->alive || one->engaged == NOT_ENGAGED) continue;
            today[one->primary].wanted += shots;
            if (one->engaged == STARVED) f->by_type[one->primary].unmet += shots;
        }
    for (int turn = 0; turn < passes; turn++)
        for (int j = 0; j < queued; j++) {
            const int i = (int)f->queue[j];
            const Threat *one = &f->threat[i];
            if (look > 0 && (!one->alive || one->engaged != SHOT)) continue;
            const Reach *end = f->reach + reach_of(f, c, one->asset)[k + 1];
            for (int shot = 0; shot < each; shot++) shoot(f, today, c, i, end, look * 256 + turn + shot);
        }
    for (int j = 0; j < queued; j++) {
        Threat *one = &f->threat[f->queue[j]];
        if (one->hit) one->alive = 0;
    }
}

static i64 layer_room(const Future *f, int k, int *standing, int *sighted) {
    i64 room = 0;
    *standing = *sighted = 0;
    for (u32 i = f->layer[k].first; i < f->layer[k].last; i++)
        if (f->stands[i]) {
            *standing = 1;
            if (f->battery[i].sighted) {
                *sighted = 1;
                room += f->battery[i].teams;
            }
        }
    return room;
}

static void soft_layer(Future *f, int k, int c, int n) {
    int standing, sighted;
    const i64 room = layer_room(f, k, &standing, &sighted);
    const double success = f->success[k * f->C + c], track = f->track[k * f->C + c];
    Layer *layer = &f->layer[k];
    if (!standing || success <= 0.0) return;
    for (int turn = 0; turn < n; turn++) {
        const u32 i = f->turn[turn];
        Threat *one = &f->threat[i];
        if (!one->alive) continue;
        if (!sighted || (track < 1.0 && uniform(fold(fold(f->word[i], W.track), layer->name)) >= track)) one->saw |= SAW_NOTHING;
        else if (layer->kind != SOFT && layer->treated >= room) one->saw |= SAW_FULL;
        else {
            layer->treated++;
            one->treated = 1;
            if (uniform(fold(fold(f->word[i], W.soft), layer->name)) < success) one->alive = 0;
        }
    }
}

static inline int reason(const Threat *one) {
    if (one->fired > 0) return MISSED;
    if (one->saw & SAW_DRY) return DRY;
    if (one->saw & SAW_HELD) return HELD;
    if (one->saw & SAW_FULL) return SATURATED;
    if (one->treated) return MISSED;
    return one->saw & SAW_NOTHING ? BLIND : UNCOVERED;
}

static int first_cover(const Future *f, int c, u32 asset, double location) {
    const u32 *start = reach_of(f, c, asset);
    for (const Reach *r = f->reach + start[0], *end = f->reach + start[f->L]; r < end; r++)
        if (in_reach(f->stands, r, location)) return (int)r->battery;
    return -1;
}

static void drop_rounds(Future *f, int lost) {
    const u32 number = f->battery[lost].magazine;
    const int to_depot = f->battery[lost].to_depot;
    Magazine *m = &f->magazine[number];
    for (int i = 0; i < f->B; i++) {
        const Battery *b = &f->battery[i];
        if (i != lost && b->armed && b->magazine == number && !b->gone) return;
    }
    m->fate = to_depot ? BACK_TO_DEPOT : LOST_WITH_BATTERY;
    take_out(f, m, m->total);
    for (int j = 0; j < f->cells; j++) {
        Cell *here = &f->cell[j];
        if (here->magazine != number) continue;
        if (to_depot) f->depot[here->type] += here->ready + here->reload;
        else f->by_type[here->type].lost += here->ready + here->reload;
        here->ready = here->reload = 0;
    }
}

static void settle_leaker(Future *f, DayClass *today, const Threat *one, int c) {
    const int why = reason(one), dry = why == DRY;
    Tonight *tonight = &f->tonight[c * f->A + one->asset];
    f->by_class[c].leaked[why][one->decoy]++;
    today->leaked++;
    f->by_class[c].thin += one->fired > 0 && one->is_short;
    today->dry += dry;
    tonight->dry += dry;
    if (!one->decoy) {
        tonight->leaked++;
        f->asset_leaked[((i64)one->asset * f->C + c) * REASONS + why]++;
        f->place[c * f->sites + one->site].dry += dry;
    }
}

static void settle(Future *f, DayClass *today, int c, int n) {
    ByClass *tally = &f->by_class[c];
    const double fail = f->class[c].fail_before ? 0.0 : f->class[c].fail;
    if (f->countries)
        for (int i = 0; i < n; i++) {
            Threat *one = &f->threat[i];
            const int guard = f->asset[one->asset].country ? first_cover(f, c, one->asset, f->location[i]) : -1;
            if (guard >= 0) one->site = f->A + guard;
        }
    i64 shot_at = 0, shot_stopped = 0, stopped[2] = {0, 0};
    for (int i = 0; i < n; i++) {
        const Threat *one = &f->threat[i];
        const int gone = !one->alive;
        shot_at += one->fired > 0;
        stopped[0] += gone & !one->decoy;
        stopped[1] += gone & one->decoy;
        shot_stopped += gone & one->hit;
        if (!one->decoy) {
            Place *place = &f->place[c * f->sites + one->site];
            place->came++;
            place->shots += one->fired;
        }
        if (gone) continue;
        if (fail > 0.0 && uniform(fold(f->word[i], W.fail)) < fail) tally->failed[one->decoy]++;
        else {
            settle_leaker(f, today, one, c);
            if (f->losses && !one->decoy) {
                const int guard = first_cover(f, c, one->asset, f->location[i]);
                if (guard >= 0 && f->battery[guard].loss > 0.0 && uniform(fold(f->word[i], W.loss)) < f->battery[guard].loss) {
                    f->battery[guard].gone = 1;
                    f->stands[guard] = f->able[guard] = 0;
                    drop_rounds(f, guard);
                }
            }
        }
    }
    tally->shot_at += shot_at;
    tally->shot_stopped += shot_stopped;
    tally->stopped[0] += stopped[0];
    tally->stopped[1] += stopped[1];
    today->stopped += stopped[0] + stopped[1];
}

static void single_raid(Future *f, DayClass *today, DayType *today_type, int c, u64 chain, int launched, int wave) {
    const int n = muster(f, c, chain, launched, wave);
    line_up(f, chain, n);
    for (int k = 0; k < f->L; k++) {
        if (f->layer[k].kind != BATTERY) {
            soft_layer(f, k, c, n);
            continue;
        }
        if (!f->serves[k * f->C + c]) continue;
        const i64 *shots = &f->p->salvo[(k * f->C + c) * f->K];
        const int queued = first_look(f, today_type, k, c, n, (int)shots[0]);
        for (int look = f->p->spread ? 0 : 1; look < f->K && shots[look] > 0; look++)
            salvo(f, today_type, k, c, queued, look, (int)shots[look]);
    }
    settle(f, today, c, n);
}

/* --- groups (F4, E9) ------------------------------------------------------------------------------------------------------- */

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
                treated = hypergeometric_quantile(group_uniform(chain, layer->name, 2, kind, state), here, others, left);
            waiting = others;
            left -= treated;
            const i64 survived = treated - binomial_quantile(group_uniform(chain, layer->name, 3, kind, state), treated, success);
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
        here = binomial_quantile(uniform(fold(fold(fold(chain, W.group), W.wave), earlier * 2 + kind)), left, 1.0 / (waves - earlier));
        left -= here;
    }
    return here;
}

static const int STATE_REASON[STATES] = {SATURATED, MISSED, BLIND, UNCOVERED};

static void spread_out(Future *f, int c, u64 chain, int state, i64 left) {
    const double *target = &f->target_share[c * f->A];
    const u64 of_state = fold(fold(fold(chain, W.group), W.place), state);
    double share = 1.0;
    for (int a = 0; a < f->A && left > 0; a++) {
        i64 here = left;
        if (a < f->A - 1)
            here = share > 0.0 ? binomial_quantile(uniform(fold(of_state, f->asset[a].name)), left, fmin(1.0, target[a] / share)) : 0;
        share -= target[a];
        left -= here;
        if (here == 0) continue;
        touch(f, c, a);
        f->tonight[c * f->A + a].came += here;
        if (state < STATES) {
            f->tonight[c * f->A + a].leaked += here;
            f->asset_leaked[((i64)a * f->C + c) * REASONS + STATE_REASON[state]] += here;
        }
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
        if (class->fail_before) failed = binomial_quantile(group_uniform(of_wave, W.fail, 0, kind, OPEN), number[kind], class->fail);
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
            if (!class->fail_before) failed = binomial_quantile(group_uniform(of_wave, W.fail, 0, kind, state), alive, class->fail);
            f->group[kind][state] = alive - failed;
            tally->failed[kind] += failed;
            tally->leaked[STATE_REASON[state]][kind] += alive - failed;
            today->leaked += alive - failed;
        }
    const i64 gone = number[0] - left_of(f, 0);
    for (int state = 0; state < STATES; state++) spread_out(f, c, of_wave, state, f->group[0][state]);
    spread_out(f, c, of_wave, STATES, gone);
}

/* --- nights and midnights (C1, C2, O) ------------------------------------------------------------------------------------- */

static int is_spent(const Future *f, int c) {
    for (int t = 0; t < f->T; t++)
        if (f->fires[c * f->T + t] && f->depot[t] > 0) return 0;
    for (int j = 0; j < f->cells; j++) {
        const Cell *here = &f->cell[j];
        if (f->fires[c * f->T + here->type] && here->ready + here->reload + here->moving > 0) return 0;
    }
    return 1;
}

static void close_class(Future *f, const DayClass *today, int c, int day) {
    ByClass *tally = &f->by_class[c];
    i64 real = 0, leaked = 0;
    if (today->dry > 0) {
        tally->dry_nights++;
        if (tally->first_dry == NEVER) tally->first_dry = day;
        if (tally->first_dry_national == NEVER && is_spent(f, c)) tally->first_dry_national = day;
        for (int s = 0; s < f->sites; s++) {
            const Place *place = &f->place[c * f->sites + s];
            if (place->came >= f->p->massed && place->shots == 0 && place->dry > 0) {
                tally->massed_dry++;
                break;
            }
        }
    }
    double attacked = f->people[c].attacked, spared = f->people[c].spared;
    for (int word = 0; word < f->bit_words; word++) { /* in the order of assets: the sum is the same to the last bit */
        u64 *touched = &f->touched[c * f->bit_words + word];
        for (u64 bits = *touched; bits; bits &= bits - 1) {
            const int a = word * 64 + __builtin_ctzll(bits);
            Tonight *tonight = &f->tonight[c * f->A + a];
            real += tonight->came;
            leaked += tonight->leaked;
            attacked += f->p->asset_people[a] * (double)(tonight->came > 0); /* no branch: it could not be foreseen */
            spared += f->p->asset_people[a] * (double)((tonight->came > 0) & (tonight->leaked == 0));
            if (tonight->dry > 0 && f->asset_first_dry[a * f->C + c] == NEVER) f->asset_first_dry[a * f->C + c] = day;
            *tonight = (Tonight){0, 0, 0};
        }
        *touched = 0;
    }
    f->people[c] = (People){attacked, spared};
    tally->raid_nights += real > 0;
    tally->clean_nights += real > 0 && leaked == 0;
    memset(&f->place[c * f->sites], 0, sizeof(Place) * f->sites);
}

static void count_stock(Future *f, int midnight) {
    for (int t = 0; t < f->T; t++) f->stock[(i64)midnight * f->T + t] = f->country[t] - f->by_type[t].used - f->by_type[t].lost;
    if (f->empty > 0) {
        f->first_empty[0] = min_of(f->first_empty[0], midnight);
        if (f->empty == f->counted) f->first_empty[1] = min_of(f->first_empty[1], midnight);
    }
}

static void night_raids(Future *f, u64 night, int day, i64 start, i64 stop) {
    DayClass *today = &f->day_class[(i64)day * f->C];
    DayType *today_type = &f->day_type[(i64)day * f->T];
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
                if (f->class[c].single) single_raid(f, &today[c], today_type, c, chain, (int)launched[c], wave);
                else group_raid(f, &today[c], c, chain, launched[c], wave);
            }
        }
    }
    for (int c = 0; c < f->C; c++)
        if (today[c].launched > 0) close_class(f, &today[c], c, day);
}

/* --- from the arrays to a future ---------------------------------------------------------------------------------------------- */

#define ROW(name, n, size) (p->name + ((n) % p->name##_rows) * (i64)(size))
#define NEW(type, n) ((type *)calloc((size_t)max_of(1, (n)), sizeof(type)))

static void reach_everything(Future *f, const Problem *p, i64 n) {
    const i64 cells = (i64)f->B * f->A * f->C;
    const double *low = ROW(cover_low, n, cells), *high = ROW(cover_high, n, cells);
    const i64 *reserve = ROW(reserve, n, (i64)f->S * f->C * f->T);
    u32 rows = 0, used = 0;
    for (int b = 0; b < f->B; b++)
        for (int c = 0; c < f->C; c++) {
            const i64 list = (p->battery_system[b] * f->C + c) * f->T;
            f->load_start[b * f->C + c] = used;
            for (int place = 0; place < f->T && f->battery[b].armed && p->loads[list + place] >= 0; place++) {
                const i64 t = p->loads[list + place];
                f->load[used++] = (Load){reserve[list + t], f->cell_of[f->battery[b].magazine * f->T + t], (u32)t};
            }
        }
    f->load_start[f->B * f->C] = used;
    memset(f->serves, 0, (size_t)f->L * f->C);
    for (int c = 0; c < f->C; c++)
        for (int a = 0; a < f->A; a++)
            for (int k = 0; k <= f->L; k++) {
                f->reach_start[(c * f->A + a) * (f->L + 1) + k] = rows;
                for (u32 b = k < f->L ? f->layer[k].first : 0; k < f->L && b < f->layer[k].last; b++) {
                    const i64 cell = ((i64)b * f->A + a) * f->C + c;
                    const u32 *list = &f->load_start[b * f->C + c];
                    if (list[0] == list[1] || high[cell] <= low[cell]) continue;
                    f->reach[rows++] = (Reach){low[cell], high[cell], b, list[0], list[1]};
                    f->serves[k * f->C + c] = 1;
                }
            }
}

static void make_cells(Future *f, const Problem *p) {
    u32 used = 0;
    for (int t = 0; t < f->T; t++) {
        f->cells_start[t] = used;
        for (int rank = 0; rank < f->M; rank++)
            for (int m = 0; m < f->M; m++)
                if (p->magazine_rank[m] == rank && p->room_ready[m * f->T + t] + p->room_reload[m * f->T + t] > 0) {
                    f->cell[used].magazine = m;
                    f->cell[used].type = t;
                    f->cell_of[m * f->T + t] = used++;
                }
    }
    f->cells = (int)used;
    f->cells_start[f->T] = used;
    for (int m = 0; m < f->M; m++)
        for (int t = 0; t < f->T; t++)
            if (p->room_ready[m * f->T + t] + p->room_reload[m * f->T + t] <= 0) f->cell_of[m * f->T + t] = used;
}

static Future open_desk(const Problem *p) {
    Future f = {.p = p, .C = p->classes, .T = p->types, .L = p->layers, .B = p->batteries, .M = p->magazines,
                .A = p->assets, .S = p->systems, .K = p->looks};
    i64 most = 8;
    int repairs = 0, later = 0;
    for (i64 i = 0; i < p->raid_counts_rows * p->classes; i++) most = max_of(most, p->raid_counts[i]);
    for (int a = 0; a < f.A; a++) f.countries |= p->country[a] == 1;
    f.sites = f.A + (f.countries ? f.B : 0);
    for (f.guides = 8; f.guides < 8 * f.A;) f.guides *= 2;
    f.class = NEW(Class, f.C);
    f.asset = NEW(Asset, f.A);
    f.layer = NEW(Layer, f.L);
    f.battery = NEW(Battery, f.B);
    f.magazine = NEW(Magazine, f.M);
    f.cell = NEW(Cell, f.M * f.T + 1);
    f.cells_start = NEW(u32, f.T + 1);
    f.cell_of = NEW(u32, f.M * f.T);
    f.depot = NEW(i64, f.T);
    f.country = NEW(i64, f.T);
    f.pipe = NEW(i64, (f.M * f.T + 1) * max_of(1, p->transit));
    f.reach_start = NEW(u32, f.C * f.A * (f.L + 1));
    f.reach = NEW(Reach, (i64)f.B * f.A * f.C);
    f.load = NEW(Load, f.B * f.C * f.T);
    f.load_start = NEW(u32, f.B * f.C + 1);
    f.may_fire = NEW(u8, f.B * f.C);
    f.serves = NEW(u8, f.L * f.C);
    f.fires = NEW(u8, f.C * f.T);
    f.stands = NEW(u8, f.B);
    f.able = NEW(u8, f.B);
    f.busy = NEW(i64, f.B);
    f.need = (Need){NEW(double, f.M), NEW(double, f.M), NEW(double, f.M), NEW(double, f.M), NEW(double, f.M),
                    NEW(double, f.M), NEW(u32, f.M)};
    f.threat = NEW(Threat, most);
    f.word = NEW(u64, most);
    f.place_word = NEW(u64, most);
    f.shots_word = NEW(u64, most);
    f.location = NEW(double, most);
    f.key = NEW(double, most);
    f.turn = NEW(u32, most);
    f.queue = NEW(u32, most);
    f.plan = NEW(u32, most);
    f.luck = NEW(double, f.B);
    f.guide = NEW(u32, f.C * f.guides);
    f.tonight = NEW(Tonight, f.C * f.A);
    f.bit_words = (f.A + 63) / 64;
    f.touched = NEW(u64, f.C * f.bit_words);
    f.place = NEW(Place, f.C * f.sites);
    for (int a = 0; a < f.A; a++) f.asset[a] = (Asset){p->asset_word[a], p->asset_rank[a], (u8)p->country[a]};
    for (int k = 0; k < f.L; k++)
        f.layer[k] = (Layer){p->layer_word[k], 0, (u32)p->layer_start[k], (u32)p->layer_start[k + 1], (u8)p->layer_kind[k]};
    for (int s = 0; s < f.S; s++)
        for (int c = 0; c < f.C; c++)
            for (int place = 0; place < f.T && p->loads[(s * f.C + c) * f.T + place] >= 0; place++)
                f.fires[c * f.T + p->loads[(s * f.C + c) * f.T + place]] = 1;
    for (int b = 0; b < f.B; b++)
        for (int c = 0; c < f.C; c++)
            f.may_fire[b * f.C + c] = p->magazine[b] >= 0 && p->loads[(p->battery_system[b] * f.C + c) * f.T] >= 0;
    make_cells(&f, p);
    for (i64 i = 0; i < p->loss_rows * f.B; i++) f.losses |= p->loss[i] > 0.0;
    for (i64 i = 0; i < p->availability_rows * f.B; i++) f.fallible |= p->availability[i] < 1.0;
    for (i64 i = 0; i < p->repair_rows * f.B; i++) repairs |= p->repair[i] > 0.0;
    for (i64 i = 0; i < p->battery_from_rows * f.B; i++) later |= p->battery_from[i] > 0;
    for (i64 i = 0; i < p->reliability_rows * p->reliability_eras * f.B; i++) f.blindable |= p->reliability[i] < 1.0;
    for (i64 i = 0; i < p->reload_rate_rows * f.M; i++) f.slow |= p->reload_rate[i] >= 0;
    f.steady = !(f.losses || repairs || later);
    return f;
}

static void close_desk(Future *f) {
    void *parts[] = {f->class, f->asset, f->layer, f->battery, f->magazine, f->cell, f->cells_start, f->cell_of, f->depot,
                     f->country, f->pipe, f->reach_start, f->reach, f->load, f->load_start, f->may_fire, f->serves,
                     f->fires, f->stands, f->able, f->busy, f->need.weight, f->need.held, f->need.free, f->need.given,
                     f->need.last, f->need.following, f->need.cell, f->threat, f->word, f->place_word, f->shots_word,
                     f->location, f->key, f->turn, f->queue, f->plan, f->luck, f->guide, f->tonight, f->touched,
                     f->place};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) free(parts[i]);
}

static void turn_to(Future *f, const Sheets *s, i64 n) {
    const Problem *p = f->p;
    const double *weight = ROW(weight, n, f->M * f->T);
    for (int c = 0; c < f->C; c++)
        f->class[c] = (Class){p->class_word[c], ROW(decoy_share, n, f->C)[c], ROW(fail, n, f->C)[c],
                              ROW(decoy_count, n, f->C)[c], (u8)p->fail_before[c], (u8)p->single[c]};
    for (int b = 0; b < f->B; b++)
        f->battery[b] = (Battery){.name = p->battery_word[b], .availability = ROW(availability, n, f->B)[b],
                                  .repair = ROW(repair, n, f->B)[b], .loss = ROW(loss, n, f->B)[b],
                                  .start = ROW(battery_from, n, f->B)[b], .teams = ROW(teams, n, f->B)[b],
                                  .channels = ROW(channels, n, f->B)[b], .magazine = (u32)max_of(0, p->magazine[b]),
                                  .armed = p->magazine[b] >= 0, .to_depot = (u8)p->loss_to_depot[b], .sighted = 1};
    for (int m = 0; m < f->M; m++) f->magazine[m] = (Magazine){.rate = ROW(reload_rate, n, f->M)[m]};
    for (int j = 0; j < f->cells; j++) {
        Cell *here = &f->cell[j];
        const u32 mt = here->magazine * f->T + here->type;
        *here = (Cell){.room_ready = p->room_ready[mt], .room = p->room_ready[mt] + p->room_reload[mt],
                       .weight = weight[mt], .magazine = here->magazine, .type = here->type};
    }
    memcpy(f->depot, ROW(stock, n, f->T), sizeof(i64) * f->T);
    if (n == 0 || p->cover_low_rows > 1 || p->cover_high_rows > 1 || p->reserve_rows > 1) reach_everything(f, p, n);
    for (int b = 0; b < f->B; b++) f->luck[b] = 0.5;
    f->target_cut = ROW(target_cut, n, f->C * f->A);
    f->target_share = ROW(target_share, n, f->C * f->A);
    f->cover_high = ROW(cover_high, n, (i64)f->B * f->A * f->C);
    f->arrivals = ROW(arrivals, n, p->days * f->T);
    f->shift = *ROW(shift, n, 1);
    f->by_class = (ByClass *)s->by_class + n * f->C;
    f->by_type = (ByType *)s->by_type + n * f->T;
    f->day_class = (DayClass *)s->day_class + n * p->days * f->C;
    f->day_type = (DayType *)s->day_type + n * p->days * f->T;
    f->people = (People *)s->people + n * f->C;
    f->asset_leaked = s->asset_leaked + n * f->A * f->C * REASONS;
    f->asset_first_dry = s->asset_first_dry + n * f->A * f->C;
    f->stock = s->stock + n * (p->days + 1) * f->T;
    f->first_empty = s->first_empty + n * 2;
    make_guide(f);
}

static void enter_era(Future *f, i64 n, i64 era) {
    const Problem *p = f->p;
    const i64 lc = (i64)f->L * f->C;
    f->kill = ROW(kill, n, p->eras * f->T * f->C) + era * f->T * f->C;
    f->track = ROW(track, n, p->track_eras * lc) + era % p->track_eras * lc;
    f->success = ROW(success, n, p->success_eras * lc) + era % p->success_eras * lc;
    f->reliability = ROW(reliability, n, p->reliability_eras * f->B) + era % p->reliability_eras * f->B;
}

/* Fight every future, each from its first day to its last; `words` are those of the causes, in the order of Words. */
void nights(const Problem *p, const Sheets *s, const u64 *words) {
    memcpy(&W, words, sizeof W);
    Future f = open_desk(p);
    for (i64 n = 0; n < p->futures; n++) {
        const i64 *start = p->raid_start + n * (p->days + 1), *eras = ROW(era_start, n, p->eras);
        i64 era = 0;
        turn_to(&f, s, n);
        begin(&f);
        count_stock(&f, 0);
        enter_era(&f, n, era);
        for (int day = 0; day < p->days; day++) {
            const u64 night = fold(p->chains[n], day);
            while (era + 1 < p->eras && eras[era + 1] <= day) enter_era(&f, n, ++era);
            land(&f, day);
            stand(&f, night, day);
            open_magazines(&f);
            fill(&f, day, (int)p->transit);
            ready_up(&f, f.slow);
            if (start[day + 1] > start[day]) night_raids(&f, night, day, start[day], start[day + 1]);
            count_stock(&f, day + 1);
        }
    }
    close_desk(&f);
}
