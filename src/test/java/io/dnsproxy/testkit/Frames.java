package io.dnsproxy.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/** DNS messages as a stream carries them: each behind its length in two octets (RFC 1035 4.2.2). Collects a stream's octets and cuts it; one thread. */
final class Frames {

    private byte[] pending = new byte[0];

    /** Takes what the stream brought. */
    void add(ByteBuffer octets) {
        byte[] all = Arrays.copyOf(pending, pending.length + octets.remaining());
        octets.get(all, pending.length, octets.remaining());
        pending = all;
    }

    /** The next whole message, or null when there is none yet. */
    byte @Nullable [] next() {
        if (pending.length < 2) {
            return null;
        }
        int end = 2 + u16(pending, 0);
        if (pending.length < end) {
            return null;
        }
        byte[] message = Arrays.copyOfRange(pending, 2, end);
        pending = Arrays.copyOfRange(pending, end, pending.length);
        return message;
    }

    /** A message with its length before it. */
    static byte[] framed(byte[] message) {
        byte[] frame = new byte[message.length + 2];
        u16(frame, 0, message.length);
        System.arraycopy(message, 0, frame, 2, message.length);
        return frame;
    }

    /** The id of a message, or -1 when it has less than two octets. */
    static int id(byte[] message) {
        return message.length < 2 ? -1 : u16(message, 0);
    }

    static int u16(byte[] octets, int at) {
        return ((octets[at] & 0xff) << 8) | (octets[at + 1] & 0xff);
    }

    static void u16(byte[] octets, int at, int value) {
        octets[at] = (byte) (value >> 8);
        octets[at + 1] = (byte) value;
    }

    /** @throws IllegalStateException when these octets are no DNS message */
    static Message parsed(byte[] message) {
        try {
            return new Message(message);
        } catch (IOException e) {
            throw new IllegalStateException("Not a DNS message: " + e.getMessage(), e);
        }
    }
}
