package io.dnsproxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the system acknowledge what was read at once, not with the next query. A server that keeps Nagle's algorithm on, and that
 * writes an answer's length and the answer one after the other, does not send the second before the first is acknowledged: on a
 * quiet connection each answer would wait for the next query, or for the system's timer (40 ms).
 *
 * <p>The system falls back to its own ways by itself, so this is asked for after each read. It costs a system call and a segment,
 * which pays only while an answer is missing and few are: with many in flight the next query is near. Where the system does not know
 * it, nothing happens.
 */
final class PromptAcks {

    private static final int FEW = 8;

    private static final ChannelOption<Boolean> QUICKACK = NioChannelOption.of(ExtendedSocketOptions.TCP_QUICKACK);

    private static final boolean KNOWN = isKnown();

    private PromptAcks() {}

    /** To be called on the channel's event loop after a read that left this many queries unanswered. */
    static void afterRead(Channel channel, int inFlight) {
        if (KNOWN && inFlight > 0 && inFlight < FEW && channel.isActive()) {
            channel.config().setOption(QUICKACK, true);
        }
    }

    private static boolean isKnown() {
        try (Socket socket = new Socket()) {
            return socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        } catch (IOException e) {
            return false;
        }
    }
}
