package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the packaged program says that it is made of. */
class BillOfMaterialsIntegrationTests {

    /** docs/security.md names them. A new one is for people to read first. */
    private static final Set<String> LICENSES = Set.of(
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-2.0",
            "GPL-2.0-with-classpath-exception",
            "LGPL-2.1-only",
            "MIT",
            "MIT-0");

    @Test
    void everyLibraryInTheJarIsListedWithItsLicense() throws IOException {
        try (JarFile jar = new JarFile("target/dnsproxy.jar")) {
            String place = jar.getManifest().getMainAttributes().getValue("Sbom-Location");
            assertThat(jar.getManifest().getMainAttributes().getValue("Sbom-Format"))
                    .isEqualTo("CycloneDX");
            Set<String> listed = new HashSet<>();
            for (JsonNode component : components(jar, place)) {
                listed.add(component.get("name").asString() + "-"
                        + component.get("version").asString() + ".jar");
                assertThat(component.path("licenses"))
                        .as("licenses of " + component.get("purl"))
                        .isNotEmpty()
                        .allSatisfy(license ->
                                assertThat(license.at("/license/id").asString()).isIn(LICENSES));
            }

            Set<String> inJar = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length()))
                    .filter(name ->
                            !name.startsWith("spring-boot-jarmode-tools")) // Boot's own, put in when it packages
                    .collect(Collectors.toSet());
            assertThat(listed).containsAll(inJar);
            assertThat(inJar).hasSizeGreaterThan(40);
        }
    }

    private static JsonNode components(JarFile jar, String place) throws IOException {
        try (InputStream json = jar.getInputStream(jar.getEntry(place))) {
            return JsonMapper.builder().build().readTree(json).get("components");
        }
    }
}
