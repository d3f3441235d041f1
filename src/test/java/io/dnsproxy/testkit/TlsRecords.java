package io.dnsproxy.testkit;

/** Counts TLS records of type application data in what one side sends, by their headers (RFC 8446 5.1). One thread adds; any thread looks. */
final class TlsRecords {

    private static final int HEADER_OCTETS = 5;
    private static final int APPLICATION_DATA = 23;

    private final byte[] header = new byte[HEADER_OCTETS];
    private int headerOctets;
    private int octetsToSkip;
    private volatile int applicationData;

    void add(byte[] octets, int offset, int length) {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            if (octetsToSkip > 0) {
                int skipped = Math.min(octetsToSkip, end - at);
                octetsToSkip -= skipped;
                at += skipped;
                continue;
            }
            header[headerOctets++] = octets[at++];
            if (headerOctets == HEADER_OCTETS) {
                begin();
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
    private void begin() {
        headerOctets = 0;
        octetsToSkip = (header[3] & 0xff) << 8 | (header[4] & 0xff);
        if (header[0] == APPLICATION_DATA) {
            applicationData++;
        }
    }

    int applicationData() {
        return applicationData;
    }
}
