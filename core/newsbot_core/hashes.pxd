from libc.stdint cimport uint8_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <stddef.h>
    #include <string.h>

    static const uint64_t blake2b_start[8] = {
        0x6a09e667f3bcc908u, 0xbb67ae8584caa73bu, 0x3c6ef372fe94f82bu, 0xa54ff53a5f1d36f1u,
        0x510e527fade682d1u, 0x9b05688c2b3e6c1fu, 0x1f83d9abfb41bd6bu, 0x5be0cd19137e2179u};

    static const uint8_t blake2b_order[10][16] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

    static inline uint64_t turned(uint64_t number, int bits) { return number >> bits | number << (64 - bits); }

    static inline void blake2b_mix(uint64_t *v, int a, int b, int c, int d, uint64_t x, uint64_t y) {
        v[a] += v[b] + x; v[d] = turned(v[d] ^ v[a], 32);
        v[c] += v[d];     v[b] = turned(v[b] ^ v[c], 24);
        v[a] += v[b] + y; v[d] = turned(v[d] ^ v[a], 16);
        v[c] += v[d];     v[b] = turned(v[b] ^ v[c], 63);
    }

    static void blake2b_block(uint64_t state[8], const uint8_t block[128], uint64_t size, int is_last) {
        uint64_t v[16], m[16];
        int i, j;
        for (i = 0; i < 16; i++) {
            m[i] = 0;
            for (j = 0; j < 8; j++) m[i] |= (uint64_t)block[8 * i + j] << 8 * j;
        }
        for (i = 0; i < 8; i++) { v[i] = state[i]; v[i + 8] = blake2b_start[i]; }
        v[12] ^= size;
        if (is_last) v[14] = ~v[14];
        for (i = 0; i < 12; i++) {
            const uint8_t *s = blake2b_order[i % 10];
            blake2b_mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);   blake2b_mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
            blake2b_mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);  blake2b_mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
            blake2b_mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);  blake2b_mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
            blake2b_mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]); blake2b_mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
        }
        for (i = 0; i < 8; i++) state[i] ^= v[i] ^ v[i + 8];
    }

    /* BLAKE2b with a digest of 8 bytes, read as a big-endian number. Source: RFC 7693. */
    static uint64_t blake2b_number(const uint8_t *text, size_t size) {
        uint64_t state[8], number = 0;
        uint8_t last[128];
        size_t done = 0;
        int i;
        memcpy(state, blake2b_start, sizeof state);
        state[0] ^= 0x01010008u;
        for (; size - done > 128; done += 128) blake2b_block(state, text + done, done + 128, 0);
        memset(last, 0, sizeof last);
        if (size > done) memcpy(last, text + done, size - done);
        blake2b_block(state, last, size, 1);
        for (i = 0; i < 8; i++) number = number << 8 | (state[0] >> 8 * i & 0xff);
        return number;
    }
    """
    uint64_t blake2b_number(const uint8_t *text, size_t size) noexcept nogil
