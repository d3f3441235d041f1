package io.dnsproxy.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Chromium without a window, with one page, driven by its DevTools protocol. It reaches 127.0.0.1 alone. One thread. */
public final class Chromium implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final WebSocket socket;
    private @Nullable String session;
    private int lastId;

    private Chromium(Process process, Path folder) throws IOException {
        this.process = process;
        this.folder = folder;
        Path port = folder.resolve("DevToolsActivePort");
        await().atMost(PATIENCE)
                .until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2);
        List<String> lines = Files.readAllLines(port);
        this.socket = http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)), new Heard())
                .join();
        String target = text(send("Target.createTarget", Map.of("url", "about:blank")), "/targetId");
        session = text(send("Target.attachToTarget", Map.of("targetId", target, "flatten", true)), "/sessionId");
        for (String domain : List.of("Runtime", "Log", "Page", "Network")) {
            send(domain + ".enable", Map.of());
        }
    }

    private static Optional<Path> find() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Tools.find(name).stream())
                .findFirst();
    }

    /** Starts one; skips the test where none is installed. */
    public static Chromium start() {
        Optional<Path> program = find();
        Assumptions.assumeTrue(program.isPresent(), "chromium is not installed");
        Path folder = null;
        Process process = null;
        try {
            folder = Files.createTempDirectory("chromium");
            process = new ProcessBuilder(
                            program.orElseThrow().toString(),
                            "--headless=new",
                            "--no-sandbox", // of the user root
                            "--disable-gpu",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + folder,
                            "about:blank")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Chromium(process, folder);
        } catch (IOException | RuntimeException | Error e) {
            if (process != null) {
                end(process, folder);
            }
            throw e instanceof IOException cause ? new UncheckedIOException(cause) : new IllegalStateException(e);
        }
    }

    /** Opens an address in the page. */
    public void open(String url) {
        send("Page.navigate", Map.of("url", url));
    }

    /** Gives the page this width, as on a phone if it is small, and this scheme of colors: light or dark. */
    public void show(int width, String colorScheme) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        send(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colorScheme))));
    }

    /** What a JavaScript expression comes to, as text. */
    public String evaluate(String expression) {
        JsonNode reply = send("Runtime.evaluate", Map.of("expression", "String(" + expression + ")"));
        return text(reply, "/result/value");
    }

    /** The page from top to bottom, as it is shown now. */
    public byte[] screenshot() {
        JsonNode reply = send("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        return Base64.getDecoder().decode(text(reply, "/data"));
    }

    /** What the console has: errors, warnings, what was not allowed. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** What was asked for, so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private JsonNode send(String method, Map<String, ?> parameters) {
        int id = ++lastId;
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        replies.put(id, reply);
        socket.sendText(
                JSON.writeValueAsString(
                        session == null
                                ? Map.of("id", id, "method", method, "params", parameters)
                                : Map.of("id", id, "method", method, "params", parameters, "sessionId", session)),
                true);
        JsonNode answer =
                reply.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (answer.has("error")) {
            throw new IllegalStateException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
    }

    private static String text(JsonNode node, String pointer) {
        return node.at(pointer).asString();
    }

    private void take(JsonNode message) {
        CompletableFuture<JsonNode> waiting =
                message.has("id") ? replies.remove(message.get("id").asInt()) : null;
        if (waiting != null) {
            waiting.complete(message);
            return;
        }
        switch (message.path("method").asString("")) {
            case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled" ->
                complaints.add(message.get("params").toString());
            case "Network.requestWillBeSent" -> requests.add(text(message, "/params/request/url"));
            default -> {}
        }
    }

    private final class Heard implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        end(process, folder);
    }

    private static void end(Process process, @Nullable Path folder) {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroyForcibly);
        family.forEach(each -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        if (folder == null) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
