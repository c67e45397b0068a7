/*
 * Origin: the load generator this product's anchor figures were measured with, unchanged but for two things. A third
 * column of the users file is that user's Calling-Station-Id, so that credentials bound to a device can be tried. And a
 * session's packets agree on when it began: Event-Timestamp and Acct-Delay-Time go with Acct-Session-Time.
 *
 * radload - closed- or open-loop RADIUS load generator (UDP, one thread, no libraries).
 *
 *   cc -O2 -Wall -o radload radload.c
 *   ./radload --host 127.0.0.1 --auth-port 1812 --acct-port 1813 --secret S \
 *             --users users.txt --mode auth-pap --window 64 --seconds 10
 *
 * Prints ONE JSON line. See README.md for every option.
 * Works against any RADIUS server: it keeps --window requests outstanding over several source
 * ports, uses a different user of the users file for every request, encodes the real password
 * (PAP RFC 2865 5.2, CHAP RFC 2865 5.3), puts Message-Authenticator first, checks the Response
 * Authenticator of every reply and its Message-Authenticator when there is one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---------------------------------------------------------------- MD5 (RFC 1321) */
typedef struct { uint32_t h[4]; uint64_t n; uint8_t buf[64]; } md5_t;
static const uint32_t MD5K[64] = {
0xd76aa478,0xe8c7b756,0x242070db,0xc1bdceee,0xf57c0faf,0x4787c62a,0xa8304613,0xfd469501,
0x698098d8,0x8b44f7af,0xffff5bb1,0x895cd7be,0x6b901122,0xfd987193,0xa679438e,0x49b40821,
0xf61e2562,0xc040b340,0x265e5a51,0xe9b6c7aa,0xd62f105d,0x02441453,0xd8a1e681,0xe7d3fbc8,
0x21e1cde6,0xc33707d6,0xf4d50d87,0x455a14ed,0xa9e3e905,0xfcefa3f8,0x676f02d9,0x8d2a4c8a,
0xfffa3942,0x8771f681,0x6d9d6122,0xfde5380c,0xa4beea44,0x4bdecfa9,0xf6bb4b60,0xbebfbc70,
0x289b7ec6,0xeaa127fa,0xd4ef3085,0x04881d05,0xd9d4d039,0xe6db99e5,0x1fa27cf8,0xc4ac5665,
0xf4292244,0x432aff97,0xab9423a7,0xfc93a039,0x655b59c3,0x8f0ccc92,0xffeff47d,0x85845dd1,
0x6fa87e4f,0xfe2ce6e0,0xa3014314,0x4e0811a1,0xf7537e82,0xbd3af235,0x2ad7d2bb,0xeb86d391};
static const uint8_t MD5S[64] = {7,12,17,22,7,12,17,22,7,12,17,22,7,12,17,22,5,9,14,20,5,9,14,20,5,9,14,20,5,9,14,20,
4,11,16,23,4,11,16,23,4,11,16,23,4,11,16,23,6,10,15,21,6,10,15,21,6,10,15,21,6,10,15,21};
#define ROL(x,c) (((x) << (c)) | ((x) >> (32 - (c))))
static void md5_block(md5_t *m, const uint8_t *p) {
    uint32_t w[16], a = m->h[0], b = m->h[1], c = m->h[2], d = m->h[3];
    memcpy(w, p, 64); /* little-endian hosts */
#define STEP(F, G) { uint32_t f = F + a + MD5K[i] + w[G]; a = d; d = c; c = b; b += ROL(f, MD5S[i]); }
    int i = 0;
    for (; i < 16; i++) STEP(((b & c) | (~b & d)), i)
    for (; i < 32; i++) STEP(((d & b) | (~d & c)), ((5 * i + 1) & 15))
    for (; i < 48; i++) STEP((b ^ c ^ d), ((3 * i + 5) & 15))
    for (; i < 64; i++) STEP((c ^ (b | ~d)), ((7 * i) & 15))
    m->h[0] += a; m->h[1] += b; m->h[2] += c; m->h[3] += d;
}
static void md5_init(md5_t *m) { m->h[0]=0x67452301; m->h[1]=0xefcdab89; m->h[2]=0x98badcfe; m->h[3]=0x10325476; m->n=0; }
static void md5_upd(md5_t *m, const void *v, size_t l) {
    const uint8_t *p = v; size_t o = m->n & 63; m->n += l;
    if (o) { size_t k = 64 - o; if (k > l) k = l; memcpy(m->buf + o, p, k); p += k; l -= k; if (o + k < 64) return; md5_block(m, m->buf); }
    for (; l >= 64; p += 64, l -= 64) md5_block(m, p);
    memcpy(m->buf, p, l);
}
static void md5_fin(md5_t *m, uint8_t out[16]) {
    uint64_t bits = m->n * 8; size_t o = m->n & 63; m->buf[o++] = 0x80;
    if (o > 56) { memset(m->buf + o, 0, 64 - o); md5_block(m, m->buf); o = 0; }
    memset(m->buf + o, 0, 56 - o); memcpy(m->buf + 56, &bits, 8); md5_block(m, m->buf); memcpy(out, m->h, 16);
}
static md5_t hm_i, hm_o, sec_first; /* HMAC states; MD5 state after the secret */
static const char *secret; static size_t secret_len;
static void keys(void) {
    uint8_t k[64] = {0}, x[64];
    if (secret_len > 64) { md5_t m; md5_init(&m); md5_upd(&m, secret, secret_len); md5_fin(&m, k); } else memcpy(k, secret, secret_len);
    for (int i = 0; i < 64; i++) x[i] = k[i] ^ 0x36;
    md5_init(&hm_i); md5_upd(&hm_i, x, 64);
    for (int i = 0; i < 64; i++) x[i] = k[i] ^ 0x5c;
    md5_init(&hm_o); md5_upd(&hm_o, x, 64);
    md5_init(&sec_first); md5_upd(&sec_first, secret, secret_len);
}
static void hmac(const uint8_t *p, size_t l, uint8_t out[16]) {
    md5_t m = hm_i; uint8_t t[16]; md5_upd(&m, p, l); md5_fin(&m, t); m = hm_o; md5_upd(&m, t, 16); md5_fin(&m, out);
}

/* ---------------------------------------------------------------- state */
enum { PAP, CHAP, ACCT, STATUS, ECHO };
static uint64_t rs = 88172645463325252ull;
static inline uint64_t rnd(void) { rs ^= rs << 13; rs ^= rs >> 7; rs ^= rs << 17; return rs; }
static inline uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }

typedef struct { char *name, *pass, *mac; uint8_t nl, pl; } user_t;
static user_t *users; static int n_users;
typedef struct { uint32_t serial; uint8_t step; uint8_t busy; } sess_t;
static sess_t *sess; static int n_sess = 10000; static uint32_t sess_serial; static int sess_next;

#define MAXPKT 512
typedef struct { uint64_t t0, tlast; uint32_t item; uint16_t len; uint8_t inflight, tries, bad, auth[16]; uint8_t pkt[MAXPKT]; } slot_t;
static slot_t *slots; static int *freeq; static int fq_h, fq_n, n_slots;
static int *fds; static int n_sock = 0;

static int mode = PAP, window = 64, interims = 3, retries = 0, use_ma = 1, bad_pct = 0, dup_every = 0, start_only = 0;
static double seconds = 10, warmup = 1, rate = 0; static long count = 0; static int timeout_ms = 3000;
static int port_auth = 1812, port_acct = 1813; static const char *host = "127.0.0.1", *users_file = NULL, *nas_id = "radload", *tag = "";
static uint32_t run_id;

#define HB 256
static uint32_t hist[HB * 40];
static int hidx(uint64_t us) { if (us < HB) return us; int s = 63 - __builtin_clzll(us) - 7; return HB + (s - 1) * (HB / 2) + (int)((us >> s) - HB / 2); }
static double hval(int i) { if (i < HB) return i; int s = (i - HB) / (HB / 2) + 1; return (double)((uint64_t)((i - HB) % (HB / 2) + HB / 2) << s); }

static uint64_t c_sent, c_acc, c_rej, c_chal, c_lost, c_retx, c_badauth, c_noma, c_mism, c_extra, c_other;
static uint64_t m_resp; static double lat_max;

/* ---------------------------------------------------------------- packet build */
static uint8_t *P;
static inline void a_str(int t, const char *s, int l) { *P++ = t; *P++ = l + 2; memcpy(P, s, l); P += l; }
static inline void a_u32(int t, uint32_t v) { *P++ = t; *P++ = 6; v = htonl(v); memcpy(P, &v, 4); P += 4; }
static const char HX[] = "0123456789ABCDEF";
static void mac(char *o, uint32_t v) { uint8_t b[6] = {2, 0x5a, v >> 24, v >> 16, v >> 8, v}; for (int i = 0; i < 6; i++) { o[i*3] = HX[b[i]>>4]; o[i*3+1] = HX[b[i]&15]; if (i < 5) o[i*3+2] = '-'; } }

static void build(slot_t *s, int id) {
    uint8_t *b = s->pkt, *ma = NULL; char m[18];
    for (int i = 0; i < 2; i++) { uint64_t r = rnd(); memcpy(s->auth + i * 8, &r, 8); }
    b[1] = id; P = b + 20; s->bad = 0;
    if (mode == STATUS) { b[0] = 12; memcpy(b + 4, s->auth, 16); *P++ = 80; *P++ = 18; ma = P; memset(P, 0, 16); P += 16; a_str(32, nas_id, strlen(nas_id)); }
    else if (mode == ACCT) {
        sess_t *x = &sess[s->item]; user_t *u = &users[x->serial % n_users]; char sid[24];
        int l = snprintf(sid, sizeof sid, "%08X%08X", run_id, x->serial);
        int st = x->step == 0 ? 1 : (x->step > interims ? 2 : 3); uint32_t t = x->step * 300, late = (interims + 1 - x->step) * 300;
        b[0] = 4; memset(b + 4, 0, 16);
        a_u32(40, st); a_str(44, sid, l); a_str(1, u->name, u->nl); a_u32(4, 0x7f000001); a_str(32, nas_id, strlen(nas_id));
        a_u32(5, x->serial % 4096); a_u32(61, 19); if (u->mac) memcpy(m, u->mac, 17); else mac(m, x->serial); a_str(31, m, 17); a_str(30, "02-00-00-AA-BB-CC:PortalWiFi", 28);
        a_u32(8, 0x0a000000 | (x->serial & 0xffffff)); a_u32(55, (uint32_t)time(NULL) - late); a_u32(41, late); a_u32(45, 1); a_u32(6, 2);
        if (st != 1) { a_u32(46, t); a_u32(42, t * 1000u); a_u32(43, t * 9000u); a_u32(47, t * 10); a_u32(48, t * 30); a_u32(52, 0); a_u32(53, x->step); }
        if (st == 2) a_u32(49, 1);
    } else {
        user_t *u = &users[s->item]; const char *pw = u->pass; int pl = u->pl;
        if (bad_pct && (int)(rnd() % 100) < bad_pct) { pw = "definitely-wrong"; pl = 16; s->bad = 1; }
        b[0] = 1; memcpy(b + 4, s->auth, 16);
        if (use_ma) { *P++ = 80; *P++ = 18; ma = P; memset(P, 0, 16); P += 16; }
        a_str(1, u->name, u->nl);
        if (mode == CHAP) {
            uint64_t c[2] = { rnd(), rnd() }; md5_t h; uint8_t o[17]; o[0] = (uint8_t)id; md5_init(&h);
            md5_upd(&h, o, 1); md5_upd(&h, pw, pl); md5_upd(&h, c, 16); md5_fin(&h, o + 1); a_str(3, (char *)o, 17); a_str(60, (char *)c, 16);
        } else {
            uint8_t e[128] = {0}; int n = pl ? (pl + 15) / 16 * 16 : 16; memcpy(e, pw, pl); uint8_t *prev = s->auth, h[16];
            for (int i = 0; i < n; i += 16) { md5_t q = sec_first; md5_upd(&q, prev, 16); md5_fin(&q, h); for (int j = 0; j < 16; j++) e[i+j] ^= h[j]; prev = e + i; }
            a_str(2, (char *)e, n);
        }
        a_u32(4, 0x7f000001); a_str(32, nas_id, strlen(nas_id)); a_u32(5, s->item % 4096); a_u32(61, 19); a_u32(6, 1);
        if (u->mac) memcpy(m, u->mac, 17); else mac(m, s->item);
        a_str(31, m, 17); a_str(30, "02-00-00-AA-BB-CC:PortalWiFi", 28); a_str(77, "CONNECT 54Mbps 802.11ac", 23); a_u32(12, 1400);
    }
    s->len = P - b; b[2] = s->len >> 8; b[3] = s->len;
    if (ma) { uint8_t o[16]; hmac(b, s->len, o); memcpy(ma, o, 16); }
    if (b[0] == 4) { md5_t h; md5_init(&h); md5_upd(&h, b, s->len); md5_upd(&h, secret, secret_len); md5_fin(&h, s->auth); memcpy(b + 4, s->auth, 16); }
}

/* ---------------------------------------------------------------- send batches, one per socket */
#define BATCH 64
static struct mmsghdr (*tx)[BATCH]; static struct iovec (*txv)[BATCH]; static int *txn;
static void flush_tx(int k) {
    int o = 0;
    while (o < txn[k]) {
        int r = sendmmsg(fds[k], tx[k] + o, txn[k] - o, 0);
        if (r < 0) { if (errno == EAGAIN || errno == ENOBUFS) { struct pollfd p = { fds[k], POLLOUT, 0 }; poll(&p, 1, 10); continue; }
            if (errno == ECONNREFUSED || errno == EINTR) continue;
            perror("sendmmsg"); exit(1); }
        o += r;
    }
    txn[k] = 0;
}
static void push_tx(int si) { int k = si / 256; slot_t *s = &slots[si]; int i = txn[k]++; txv[k][i].iov_base = s->pkt; txv[k][i].iov_len = s->len; if (txn[k] == BATCH) flush_tx(k); }

static void usage(void) {
    fprintf(stderr, "radload --secret S --users FILE --mode auth-pap|auth-chap|acct|status|echo [--host H] [--auth-port N] [--acct-port N]\n"
        "  [--window N] [--sockets N] [--seconds S | --count N] [--warmup S] [--rate REQ/S] [--timeout-ms N] [--retries N]\n"
        "  [--sessions N] [--interims N] [--start-only] [--bad-pct N] [--dup-every N] [--no-ma] [--nas-id STR] [--seed N] [--tag STR]\n"); exit(2);
}
int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
#define V (i + 1 < argc ? argv[++i] : (usage(), ""))
        if (!strcmp(a, "--host")) host = V; else if (!strcmp(a, "--auth-port")) port_auth = atoi(V); else if (!strcmp(a, "--acct-port")) port_acct = atoi(V);
        else if (!strcmp(a, "--secret")) secret = V; else if (!strcmp(a, "--users")) users_file = V; else if (!strcmp(a, "--window")) window = atoi(V);
        else if (!strcmp(a, "--sockets")) n_sock = atoi(V); else if (!strcmp(a, "--seconds")) seconds = atof(V); else if (!strcmp(a, "--count")) count = atol(V);
        else if (!strcmp(a, "--warmup")) warmup = atof(V); else if (!strcmp(a, "--rate")) rate = atof(V); else if (!strcmp(a, "--timeout-ms")) timeout_ms = atoi(V);
        else if (!strcmp(a, "--retries")) retries = atoi(V); else if (!strcmp(a, "--sessions")) n_sess = atoi(V); else if (!strcmp(a, "--interims")) interims = atoi(V);
        else if (!strcmp(a, "--start-only")) start_only = 1; else if (!strcmp(a, "--bad-pct")) bad_pct = atoi(V); else if (!strcmp(a, "--dup-every")) dup_every = atoi(V);
        else if (!strcmp(a, "--no-ma")) use_ma = 0; else if (!strcmp(a, "--nas-id")) nas_id = V; else if (!strcmp(a, "--seed")) rs ^= strtoull(V, 0, 10) * 0x9E3779B97F4A7C15ull; else if (!strcmp(a, "--tag")) tag = V;
        else if (!strcmp(a, "--mode")) { const char *m = V; mode = !strcmp(m, "auth-pap") ? PAP : !strcmp(m, "auth-chap") ? CHAP : !strcmp(m, "acct") ? ACCT : !strcmp(m, "status") ? STATUS : !strcmp(m, "echo") ? ECHO : -1; if (mode < 0) usage(); }
        else usage();
    }
    if (!secret || window < 1) usage();
    secret_len = strlen(secret); keys(); run_id = (uint32_t)(time(NULL) ^ (getpid() << 16)); rs ^= now_ns(); rnd();
    if (users_file) {
        FILE *f = fopen(users_file, "r"); if (!f) { perror(users_file); return 1; } char l[512]; int cap = 0;
        while (fgets(l, sizeof l, f)) { char *n = strtok(l, " \t\r\n"), *p = strtok(NULL, " \t\r\n"), *c = strtok(NULL, " \t\r\n"); if (!n || *n == '#') continue; if (!p) p = "";
            if (strlen(n) > 64 || strlen(p) > 128) continue;
            if (n_users == cap) users = realloc(users, (cap = cap ? cap * 2 : 1024) * sizeof *users);
            users[n_users++] = (user_t){ strdup(n), strdup(p), c && strlen(c) == 17 ? strdup(c) : NULL, strlen(n), strlen(p) }; }
        fclose(f);
        for (int i = n_users - 1; i > 0; i--) { int j = rnd() % (i + 1); user_t t = users[i]; users[i] = users[j]; users[j] = t; }
    }
    if (!n_users) { if (mode != STATUS && mode != ECHO) { fprintf(stderr, "--users needed\n"); return 2; } users = malloc(sizeof *users); users[0] = (user_t){ "nobody", "nothing", NULL, 6, 7 }; n_users = 1; }
    if (!n_sock) { n_sock = (window + 63) / 64; if (n_sock < 4) n_sock = 4; }
    if (n_sock * 256 < window) n_sock = (window + 255) / 256;
    n_slots = n_sock * 256; slots = calloc(n_slots, sizeof *slots); freeq = malloc(n_slots * sizeof *freeq);
    for (int i = 0; i < n_slots; i++) freeq[i] = (i % n_sock) * 256 + i / n_sock; /* spread over the ports, ids reused as late as possible */
    fq_n = n_slots;
    if (mode == ACCT) { if (n_sess < window) n_sess = window; sess = calloc(n_sess, sizeof *sess); for (int i = 0; i < n_sess; i++) { sess[i].serial = sess_serial++; } }
    fds = calloc(n_sock, sizeof *fds); txn = calloc(n_sock, sizeof *txn); tx = calloc(n_sock, sizeof *tx); txv = calloc(n_sock, sizeof *txv);
    struct pollfd *pf = calloc(n_sock, sizeof *pf);
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(mode == ACCT ? port_acct : port_auth) };
    if (inet_pton(AF_INET, host, &sa.sin_addr) != 1) { fprintf(stderr, "--host takes an IPv4 address\n"); return 2; }
    for (int k = 0; k < n_sock; k++) {
        fds[k] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0); int z = 4 << 20; setsockopt(fds[k], SOL_SOCKET, SO_RCVBUF, &z, sizeof z); setsockopt(fds[k], SOL_SOCKET, SO_SNDBUF, &z, sizeof z);
        if (connect(fds[k], (struct sockaddr *)&sa, sizeof sa)) { perror("connect"); return 1; }
        pf[k].fd = fds[k]; pf[k].events = POLLIN;
        for (int i = 0; i < BATCH; i++) { tx[k][i].msg_hdr.msg_iov = &txv[k][i]; tx[k][i].msg_hdr.msg_iovlen = 1; }
    }
    static uint8_t rb[BATCH][4096]; struct mmsghdr rx[BATCH]; struct iovec rv[BATCH]; memset(rx, 0, sizeof rx);
    for (int i = 0; i < BATCH; i++) { rv[i].iov_base = rb[i]; rv[i].iov_len = 4096; rx[i].msg_hdr.msg_iov = &rv[i]; rx[i].msg_hdr.msg_iovlen = 1; }

    uint64_t t_start = now_ns(), t_meas = t_start + (uint64_t)(warmup * 1e9), t_end = t_meas + (uint64_t)(seconds * 1e9), t_first = 0, t_last = 0;
    if (count) { t_meas = t_start; t_end = t_start + 600ull * 1000000000ull; }
    uint64_t t_scan = t_start; long to_send = count ? count : (1l << 62); int inflight = 0, user_next = 0; int open = 1; uint64_t rate_sent = 0; int sess_closed = 0;
    for (;;) {
        uint64_t t = now_ns();
        if (open && (t >= t_end || to_send <= 0)) open = 0;
        if (!open && inflight == 0) break;
        if (!open && t > t_end + (uint64_t)timeout_ms * 1000000ull * (retries + 2)) break;
        int room = window - inflight;
        if (rate > 0) { double due = (t - t_start) / 1e9 * rate - rate_sent; if (due < room) room = due < 0 ? 0 : (int)due; }
        while (open && room > 0 && fq_n > 0 && to_send > 0) {
            int si = freeq[fq_h]; slot_t *s = &slots[si];
            if (mode == ACCT) {
                int tries = 0; while (sess[sess_next].busy && tries++ < n_sess) sess_next = (sess_next + 1) % n_sess;
                if (sess[sess_next].busy) { if (start_only && sess_closed >= n_sess) open = 0; break; }
                s->item = sess_next; sess[sess_next].busy = 1; sess_next = (sess_next + 1) % n_sess;
            } else { s->item = user_next; user_next = (user_next + 1) % n_users; }
            fq_h = (fq_h + 1) % n_slots; fq_n--;
            build(s, si & 255); s->t0 = s->tlast = now_ns(); s->inflight = 1; s->tries = 0; push_tx(si);
            c_sent++; inflight++; room--; to_send--; rate_sent++;
            if (dup_every && c_sent % dup_every == 0) push_tx(si);
        }
        for (int k = 0; k < n_sock; k++) if (txn[k]) flush_tx(k);
        struct timespec wait = { 0, rate > 0 && open ? 200000 : 1000000 }; /* open loop: sleep 0.2 ms, never spin on a core the server needs */
        int pr = ppoll(pf, n_sock, &wait, NULL);
        if (pr > 0) for (int k = 0; k < n_sock; k++) if (pf[k].revents) for (;;) {
            int n = recvmmsg(fds[k], rx, BATCH, MSG_DONTWAIT, NULL); if (n <= 0) break;
            t = now_ns();
            for (int i = 0; i < n; i++) {
                uint8_t *b = rb[i]; int l = rx[i].msg_len; if (l < 20) { c_other++; continue; }
                int si = k * 256 + b[1]; slot_t *s = &slots[si];
                if (!s->inflight) { c_extra++; continue; }
                if (mode != ECHO) {
                    int pl = b[2] << 8 | b[3]; if (pl < 20 || pl > l) { c_badauth++; continue; }
                    uint8_t ra[16], o[16]; memcpy(ra, b + 4, 16); memcpy(b + 4, s->auth, 16);
                    md5_t h; md5_init(&h); md5_upd(&h, b, pl); md5_upd(&h, secret, secret_len); md5_fin(&h, o);
                    if (memcmp(o, ra, 16)) { c_badauth++; continue; }
                    int seen = 0;
                    for (uint8_t *q = b + 20; q + 2 <= b + pl && q[1] >= 2 && q + q[1] <= b + pl; q += q[1]) if (q[0] == 80 && q[1] == 18) {
                        uint8_t g[16]; memcpy(g, q + 2, 16); memset(q + 2, 0, 16); hmac(b, pl, o); seen = memcmp(o, g, 16) ? -1 : 1; break; }
                    if (seen < 0) { c_badauth++; continue; }
                    if (!seen && b[0] != 5) c_noma++;
                }
                s->inflight = 0; inflight--; freeq[(fq_h + fq_n++) % n_slots] = si;
                if (mode == ECHO) c_acc++;
                else if (b[0] == 2 || b[0] == 5) { c_acc++; if (s->bad) c_mism++; }
                else if (b[0] == 3) { c_rej++; if (!s->bad) c_mism++; }
                else if (b[0] == 11) c_chal++; else c_other++;
                if (mode == ACCT) { sess_t *x = &sess[s->item]; x->busy = 0; if (start_only) { x->busy = 1; sess_closed++; } else if (++x->step > interims + 1) { x->step = 0; x->serial = sess_serial++; } }
                if (t >= t_meas && (t <= t_end)) { if (!t_first) t_first = count ? t_start : t_meas; t_last = t; m_resp++; uint64_t us = (t - s->t0) / 1000; if (us > 100000000) us = 100000000; hist[hidx(us)]++; if (us / 1e3 > lat_max) lat_max = us / 1e3; }
            }
            if (n < BATCH) break;
        }
        if (t - t_scan > 20000000ull) { t_scan = t;
            for (int si = 0; si < n_slots; si++) { slot_t *s = &slots[si]; if (!s->inflight || t < s->tlast + (uint64_t)timeout_ms * 1000000ull) continue;
                if (s->tries < retries) { s->tries++; s->tlast = t; c_retx++; push_tx(si); continue; }
                s->inflight = 0; inflight--; c_lost++; freeq[(fq_h + fq_n++) % n_slots] = si; if (mode == ACCT) sess[s->item].busy = 0; }
            for (int k = 0; k < n_sock; k++) if (txn[k]) flush_tx(k); }
    }
    double el = (t_last > t_first ? t_last - t_first : 1) / 1e9; if (!count && el < seconds * 0.999) el = seconds;
    uint64_t acc = 0; double q[4] = {0}; double qs[4] = {.5, .9, .99, .999};
    for (int j = 0; j < 4; j++) { acc = 0; for (int i = 0; i < (int)(sizeof hist / sizeof *hist); i++) { acc += hist[i]; if (acc && acc >= qs[j] * m_resp) { q[j] = hval(i) / 1000; break; } } }
    struct rusage ru; getrusage(RUSAGE_SELF, &ru); double cpu = ru.ru_utime.tv_sec + ru.ru_utime.tv_usec / 1e6 + ru.ru_stime.tv_sec + ru.ru_stime.tv_usec / 1e6;
    static const char *MN[] = {"auth-pap", "auth-chap", "acct", "status", "echo"};
    printf("{\"tag\":\"%s\",\"mode\":\"%s\",\"window\":%d,\"rps\":%.0f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.2f,\"sent\":%llu,\"accepted\":%llu,\"rejected\":%llu,\"lost\":%llu,"
        "\"retransmitted\":%llu,\"challenged\":%llu,\"bad_authenticator\":%llu,\"no_message_authenticator\":%llu,\"wrong_verdict\":%llu,\"extra\":%llu,\"other\":%llu,\"seconds\":%.2f,\"generator_cpu_s\":%.2f}\n",
        tag, MN[mode], window, m_resp / el, q[0], q[1], q[2], q[3], lat_max, (unsigned long long)c_sent, (unsigned long long)c_acc, (unsigned long long)c_rej, (unsigned long long)c_lost, (unsigned long long)c_retx, (unsigned long long)c_chal,
        (unsigned long long)c_badauth, (unsigned long long)c_noma, (unsigned long long)c_mism, (unsigned long long)c_extra, (unsigned long long)c_other, el, cpu);
    return 0;
}
