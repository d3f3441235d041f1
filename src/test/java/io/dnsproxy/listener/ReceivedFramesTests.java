package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceivedFramesTests {

    private final ReceivedFrames frames = new ReceivedFrames();
    private final byte[] message = new byte[65_535];

    @Test
    void cutsAStreamThatIsSplitAnywhere() {
        long seed = Long.getLong("dnsproxy.test.seed", System.nanoTime());
        Random random = new Random(seed);
        List<byte[]> messages = new ArrayList<>();
        ByteBuf stream = Unpooled.buffer();
        for (int i = 0; i < 300; i++) {
            byte[] octets = new byte[i == 150 ? 65_535 : random.nextInt(40)];
            random.nextBytes(octets);
            messages.add(octets);
            stream.writeShort(octets.length).writeBytes(octets);
        }

        List<byte[]> taken = new ArrayList<>();
        while (stream.isReadable()) {
            ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer();
            piece.writeBytes(stream, Math.min(stream.readableBytes(), 1 + random.nextInt(100)));
            frames.add(ByteBufAllocator.DEFAULT, piece);
            while (random.nextInt(4) > 0 && frames.hasNext()) {
                taken.add(Arrays.copyOf(message, frames.next(message)));
            }
            frames.trim();
        }
        while (frames.hasNext()) {
            taken.add(Arrays.copyOf(message, frames.next(message)));
        }

        assertThat(taken).as("seed %d", seed).hasSameSizeAs(messages);
        for (int i = 0; i < taken.size(); i++) {
            assertThat(taken.get(i)).as("seed %d, message %d", seed, i).isEqualTo(messages.get(i));
        }
    }

    @Test
    void holdsNoBufferWhenEverythingIsTakenOrForgotten() {
        ByteBuf whole = ByteBufAllocator.DEFAULT.directBuffer().writeBytes(new byte[] {0, 1, 42});
        frames.add(ByteBufAllocator.DEFAULT, whole);
        assertThat(frames.next(message)).isEqualTo(1);
        assertThat(whole.refCnt()).isZero();

        ByteBuf part = ByteBufAllocator.DEFAULT.directBuffer().writeBytes(new byte[] {0, 2, 42});
        frames.add(ByteBufAllocator.DEFAULT, part);
        assertThat(frames.hasNext()).isFalse();
        frames.clear();
        assertThat(part.refCnt()).isZero();
        assertThat(frames.hasNext()).isFalse();
    }
}
