package io.dnsproxy.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The chart of this tree, rendered as {@code helm template rel} in the namespace {@code dns} does. */
final class Chart {

    static final Path FOLDER = Path.of("helm/dnsproxy");

    /** Older than the newest, as many clusters are. */
    private static final String KUBERNETES = "1.33.0";

    private Chart() {}

    /** The sets of values that every test of the chart goes through. */
    static List<Path> valuesFiles() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path valuesFile(String name) {
        return FOLDER.resolve("ci").resolve(name + "-values.yaml");
    }

    /**
     * Renders with the chart's own values, and these as {@code --set key=value}.
     *
     * @throws IllegalStateException with Helm's words, if it refuses
     */
    static Manifests render(String... settings) {
        return render(template(FOLDER), settings);
    }

    /** The same, with a file of values before these. */
    static Manifests render(Path values, String... settings) {
        return render(template(FOLDER).withValuesFile(values), settings);
    }

    /**
     * The pod of {@code helm test}. Helm leaves it out of what it renders, since it is a hook; here it is rendered as an object like others,
     * from a copy of the chart.
     *
     * @param folder an empty one for the copy
     */
    static Map<String, Object> testPod(Path values, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(FOLDER.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                Files.writeString(copy, Files.readString(file).replace("helm.sh/hook:", "hook:"));
            }
        }
        return render(template(folder).withValuesFile(values)).the("Pod");
    }

    private static TemplateCommand template(Path chart) {
        return new Helm(chart).template().withName("rel").withNamespace("dns").withKubeVersion(KUBERNETES);
    }

    private static Manifests render(TemplateCommand template, String... settings) {
        for (String setting : settings) {
            String[] keyAndValue = setting.split("=", 2);
            template.set(keyAndValue[0], keyAndValue[1]);
        }
        return Manifests.parse(template.call());
    }

    /** All of a file's values, or all of a rendered document. */
    @SuppressWarnings("unchecked") // a map is what every document of ours is
    static List<Map<String, Object>> yaml(String text) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        return StreamSupport.stream(yaml.loadAll(text).spliterator(), false)
                .filter(document -> document != null)
                .map(document -> (Map<String, Object>) document)
                .toList();
    }

    static String text(String file) {
        try {
            return Files.readString(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
