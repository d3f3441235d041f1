package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * However a stream is cut into pieces, the same messages come out of it, and no buffer is left. The input is the number of sizes, the
 * sizes of the pieces in turn (whoever has the top bit set is followed by a taking), and the stream.
 */
class ReceivedFramesFuzzTests {

    private static final int SIZES_MAX = 15;
    private static final int TAKES = 0x80;

    private final byte[] message = new byte[65_535];

    @FuzzTest(maxDuration = "3m")
    void pieces(byte[] octets) {
        if (octets.length == 0) {
            return;
        }
        int sizes = Math.min(octets[0] & SIZES_MAX, octets.length - 1);
        byte[] stream = Arrays.copyOfRange(octets, 1 + sizes, octets.length);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        ReceivedFrames frames = new ReceivedFrames();
        List<byte[]> taken = new ArrayList<>();
        int at = 0;
        for (int piece = 0; at < stream.length; piece++) {
            int size = sizes == 0 ? TAKES | 1 : octets[1 + piece % sizes] & 0xff;
            int length = Math.min(Math.max(1, size & ~TAKES), stream.length - at);
            ByteBuf read = allocator.heapBuffer(length).writeBytes(stream, at, length);
            frames.add(allocator, read);
            at += length;
            if ((size & TAKES) != 0) {
                take(frames, taken);
                frames.trim();
            }
        }
        take(frames, taken);

        List<byte[]> expected = messagesIn(stream);
        assertThat(taken).hasSameSizeAs(expected);
        for (int i = 0; i < taken.size(); i++) {
            assertThat(taken.get(i)).isEqualTo(expected.get(i));
        }
        int used = expected.stream().mapToInt(message -> 2 + message.length).sum();
        assertThat(frames.isPartial()).isEqualTo(used < stream.length);
        frames.clear();
        assertThat(frames.isPartial()).isFalse();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private void take(ReceivedFrames frames, List<byte[]> taken) {
        while (frames.hasNext()) {
            taken.add(Arrays.copyOf(message, frames.next(message)));
        }
    }

    private static List<byte[]> messagesIn(byte[] stream) {
        List<byte[]> messages = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(stream);
        while (in.remaining() >= 2 && in.remaining() - 2 >= (in.getShort(in.position()) & 0xffff)) {
            byte[] message = new byte[in.getShort() & 0xffff];
            in.get(message);
            messages.add(message);
        }
        return messages;
    }
}
