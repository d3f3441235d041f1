package io.dnsproxy.eventloop;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** The system's provider, which remembers the selector that it opened last: Netty keeps its own to itself. */
final class RememberedSelector extends SelectorProvider {

    private final SelectorProvider system = SelectorProvider.provider();
    private volatile @Nullable AbstractSelector selector;

    /** Wakes whoever sleeps in it, or will do so next. From any thread. */
    void wakeup() {
        AbstractSelector current = selector;
        if (current != null) {
            current.wakeup();
        }
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        AbstractSelector opened = system.openSelector();
        selector = opened;
        return opened;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return system.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return system.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return system.openPipe();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return system.openServerSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return system.openSocketChannel();
    }
}
