package io.dnsproxy.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopsTests {

    private final MultiThreadIoEventLoopGroup loops = EventLoops.named("tested", 1);

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(loops.isTerminated()).isTrue();
    }

    @Test
    void itsThreadsHaveTheNameAndEndWithTheProgram() throws Exception {
        AtomicInteger daemons = new AtomicInteger();
        CountDownLatch ran = new CountDownLatch(1);
        AtomicReference<String> name = new AtomicReference<>("");
        loops.execute(() -> {
            name.set(Thread.currentThread().getName());
            daemons.addAndGet(Thread.currentThread().isDaemon() ? 1 : 0);
            ran.countDown();
        });

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(name.get()).startsWith("tested-");
        assertThat(daemons).hasValue(1);
    }

    @Test
    void aLoopThatSleepsIsWokenByEachTask() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            loops.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).as("task %d", i).isTrue();
        }
    }

    @Test
    void noTaskOfManyThreadsIsLost() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    loops.execute(ran::incrementAndGet);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        await().until(() -> ran.get() == 8 * 20_000);
    }

    /** With Netty's own quantum, a hundred turns would take a hundred seconds. */
    @Test
    void whatComesOverTheNetworkHasItsTurnThoughTasksNeverEnd() throws Exception {
        EventLoop loop = loops.next();
        CountDownLatch arrived = new CountDownLatch(100);
        NioDatagramChannel channel = new NioDatagramChannel();
        channel.pipeline().addLast(new SimpleChannelInboundHandler<DatagramPacket>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                arrived.countDown();
                if (arrived.getCount() > 0) {
                    ctx.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()));
                }
            }
        });
        loop.register(channel).sync();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).sync();
        AtomicBoolean enough = new AtomicBoolean();
        Runnable endless = new Runnable() {
            @Override
            public void run() {
                if (!enough.get()) {
                    loop.execute(this);
                }
            }
        };
        loop.execute(endless);
        channel.writeAndFlush(new DatagramPacket(Unpooled.copiedBuffer(new byte[1]), channel.localAddress()));

        try {
            assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            enough.set(true);
            channel.close().sync();
        }
    }

    @Test
    void aScheduledTaskComesNotBeforeItsTime() throws Exception {
        for (long delayMicros : new long[] {1, 300, 700, 1_000, 1_001, 2_500, 20_000}) {
            long startNanos = System.nanoTime();
            AtomicLong tookNanos = new AtomicLong();
            CountDownLatch ran = new CountDownLatch(1);
            loops.next()
                    .schedule(
                            () -> {
                                tookNanos.set(System.nanoTime() - startNanos);
                                ran.countDown();
                            },
                            delayMicros,
                            TimeUnit.MICROSECONDS);

            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(tookNanos.get()).isGreaterThanOrEqualTo(TimeUnit.MICROSECONDS.toNanos(delayMicros));
        }
    }

    /** Two hundred times half a millisecond awake would be 100 ms. */
    @Test
    void aLoopSleepsUntilAScheduledTaskIsDue() throws Exception {
        AtomicLong thread = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(200);
        loops.next()
                .scheduleAtFixedRate(
                        () -> {
                            thread.set(Thread.currentThread().threadId());
                            ended.countDown();
                        },
                        5_300,
                        5_300,
                        TimeUnit.MICROSECONDS);

        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        Duration used = Duration.ofNanos(ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.get()));
        assertThat(used).isLessThan(Duration.ofMillis(70));
    }
}
