package io.dnsproxy.fuzz;

import io.dnsproxy.app.Jar;
import io.dnsproxy.benchmark.sidebyside.LiveHeap;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a proxy has of what can be used up, when nobody asks it anything. Linux only.
 *
 * @param heapKibibytes what is left of the heap after a collection
 * @param directKibibytes memory outside of the heap for buffers: the JDK's, and what was taken from the system by number
 * @param threads of Java, but for those that serve HTTP: of them there are up to eight, as scrapes and chance want it
 * @param descriptors open files and sockets
 * @param residentKibibytes all that it occupies of the machine's memory
 */
public record Vitals(long heapKibibytes, long directKibibytes, int threads, int descriptors, long residentKibibytes) {

    /** What a collection happens to leave, and what a cache of 1 MB may still gain. */
    private static final long HEAP_NOISE_KIBIBYTES = 3 * 1_024;

    /** Netty takes a chunk for each thread that has use for one. */
    private static final long DIRECT_NOISE_KIBIBYTES = 4 * 1_024;

    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

    private static final Pattern HTTP_THREAD = Pattern.compile("(?m)^\"http-.*-exec-");

    /** Looks at a proxy that was started with {@code -XX:+UseSerialGC -XX:NativeMemoryTracking=summary}. */
    static Vitals of(Jar jar) throws IOException {
        long heap = LiveHeap.kibibytes(jar.pid());
        return new Vitals(
                heap,
                directKibibytes(jar.pid()),
                (int) jar.metric("jvm_threads_live_threads") - httpThreads(jar.pid()),
                descriptors(jar.pid()),
                residentKibibytes(jar.pid()));
    }

    /** Open files and sockets of a process. */
    static int descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return (int) open.count();
        }
    }

    /** What is more than before by more than noise, a sentence each. */
    public List<String> growthSince(Vitals before) {
        List<String> growth = new ArrayList<>();
        note(growth, "KiB of heap", before.heapKibibytes, heapKibibytes, HEAP_NOISE_KIBIBYTES);
        note(growth, "KiB of direct memory", before.directKibibytes, directKibibytes, DIRECT_NOISE_KIBIBYTES);
        note(growth, "threads", before.threads, threads, 0);
        note(growth, "descriptors", before.descriptors, descriptors, 0);
        return growth;
    }

    private static void note(List<String> growth, String what, long before, long after, long noise) {
        if (after > before + noise) {
            growth.add(what + " were " + before + " and are " + after);
        }
    }

    private static int httpThreads(long pid) {
        return (int) HTTP_THREAD.matcher(jcmd(pid, "Thread.print")).results().count();
    }

    private static long directKibibytes(long pid) {
        String text = jcmd(pid, "VM.native_memory", "summary");
        Matcher other = OTHER.matcher(text);
        if (!other.find()) {
            throw new IllegalStateException("no native memory: " + text);
        }
        return Long.parseLong(other.group(1));
    }

    static String jcmd(long pid, String... command) {
        List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid)));
        words.addAll(List.of(command));
        return Tools.run(words.toArray(String[]::new)).text();
    }

    private static long residentKibibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS of process " + pid);
    }
}
