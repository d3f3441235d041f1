package io.dnsproxy.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which Netty finds a buffer that nobody released. JUnit finds this extension by itself, for every
 * class; Netty must watch each buffer ({@code -Dio.netty.leakDetection.level=paranoid}). A leak shows when the collector has
 * come by, so it may be counted against the class after the one that made it.
 */
public final class NoBufferLeaks implements AfterAllCallback {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @SuppressWarnings("deprecation") // abstract still, so there is no other way in
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int samplingInterval, long maxActive) {
                return new Detector<>(resource, samplingInterval);
            }
        });
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> leaks = found();
        if (!leaks.isEmpty()) {
            throw new AssertionError("Buffers that nobody released:\n" + String.join("\n", leaks));
        }
    }

    /** Has the collector look for leaks, and takes those found so far. */
    static List<String> found() {
        System.gc();
        ByteBufAllocator.DEFAULT.buffer(1).release(); // the next buffer reports what was found before
        List<String> leaks = List.copyOf(LEAKS);
        LEAKS.clear();
        return leaks;
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {

        Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            LEAKS.add(resourceType + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            LEAKS.add(resourceType);
        }
    }
}
