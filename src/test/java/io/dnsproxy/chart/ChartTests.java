package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes, for each set of values in its folder {@code ci}. */
class ChartTests {

    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    static List<Path> valuesFiles() {
        return Chart.valuesFiles();
    }

    @Test
    void lintFindsNoFault() {
        LintResult result = new Helm(Chart.FOLDER).lint().strict().call();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[WARNING]"));
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void everyObjectHasTheFormThatKubernetesWants(Path values) {
        assertThat(Chart.render(values).objects()).hasSizeGreaterThan(2).allSatisfy(KubernetesSchema::check);
    }

    @Test
    void theTestAsksTheServiceAndTheHealth(@TempDir Path folder) throws IOException {
        Map<String, Object> pod = Chart.testPod(Chart.valuesFile("default"), folder);

        KubernetesSchema.check(pod);
        assertThat(Manifests.maps(Manifests.at(pod, "spec.containers")))
                .extracting(container -> Manifests.list(Manifests.at(container, "command")))
                .containsExactly(
                        List.of("nslookup", "-port=53", "example.org", "rel-dnsproxy.dns.svc"),
                        List.of("wget", "-q", "-O", "-", "http://rel-dnsproxy-metrics.dns.svc:8080/actuator/health"));
    }

    @Test
    void theSchemaNoticesFaults() {
        Map<String, Object> service = Chart.render().the("Service", "rel-dnsproxy");
        assertThatCode(() -> KubernetesSchema.check(service)).doesNotThrowAnyException();

        Map<String, Object> unknown = new HashMap<>(service);
        unknown.put("specc", Map.of());
        assertThatThrownBy(() -> KubernetesSchema.check(unknown)).hasMessageContaining("specc");
        Map<String, Object> wrongWord = new HashMap<>(service);
        wrongWord.put("spec", Map.of("ports", List.of(Map.of("port", 53, "protocol", "UPD"))));
        assertThatThrownBy(() -> KubernetesSchema.check(wrongWord)).hasMessageContaining("UPD");
        Map<String, Object> monitor =
                new HashMap<>(Chart.render(Chart.valuesFile("default")).the("ServiceMonitor"));
        monitor.put("spec", Map.of("endpoints", List.of(Map.of("pth", "/"))));
        assertThatThrownBy(() -> KubernetesSchema.check(monitor)).hasMessageContaining("pth");
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void namesLabelsAndReferencesHold(Path values) {
        Manifests manifests = Chart.render(values);
        Map<String, Object> pod = Manifests.map(Manifests.at(manifests.podTemplate(), "spec"));
        List<String> ports = Manifests.maps(Manifests.at(manifests.container(), "ports")).stream()
                .map(port -> String.valueOf(port.get("name")))
                .toList();
        Map<String, Object> podLabels = Manifests.map(Manifests.at(manifests.podTemplate(), "metadata.labels"));

        assertThat(manifests.objects()).allSatisfy(object -> {
            assertThat(String.valueOf(Manifests.at(object, "metadata.name"))).matches(NAME);
            if (!Objects.equals(Manifests.at(object, "metadata.name"), "rel-dnsproxy-more")) {
                assertThat(Manifests.map(Manifests.at(object, "metadata.labels"))
                                .values())
                        .allSatisfy(value -> assertThat(String.valueOf(value)).matches(LABEL_VALUE));
            }
        });
        for (Map<String, Object> service : manifests.all("Service")) {
            assertThat(podLabels).containsAllEntriesOf(Manifests.map(Manifests.at(service, "spec.selector")));
            assertThat(Manifests.maps(Manifests.at(service, "spec.ports")))
                    .allSatisfy(port -> assertThat(ports).contains(String.valueOf(port.get("targetPort"))));
        }
        List<Object> volumes = Manifests.maps(Manifests.at(pod, "volumes")).stream()
                .map(volume -> volume.get("name"))
                .toList();
        assertThat(Manifests.maps(Manifests.at(manifests.container(), "volumeMounts")))
                .extracting(mount -> mount.get("name"))
                .containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(Stream.of("startupProbe", "livenessProbe", "readinessProbe"))
                .allSatisfy(probe -> assertThat(ports)
                        .contains(String.valueOf(Manifests.at(manifests.container(), probe + ".httpGet.port"))));
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void monitorsFindWhatTheyScrape(Path values) {
        Manifests manifests = Chart.render(values);

        for (Map<String, Object> monitor : manifests.all("ServiceMonitor")) {
            Map<String, Object> service = manifests.the("Service", "rel-dnsproxy-metrics");
            assertThat(Manifests.map(Manifests.at(service, "metadata.labels")))
                    .containsAllEntriesOf(Manifests.map(Manifests.at(monitor, "spec.selector.matchLabels")))
                    .containsEntry("dnsproxy/job", "rel-dnsproxy");
            assertThat(Manifests.at(monitor, "spec.jobLabel")).isEqualTo("dnsproxy/job");
        }
        for (Map<String, Object> monitor : manifests.all("PodMonitor")) {
            assertThat(Manifests.map(Manifests.at(manifests.podTemplate(), "metadata.labels")))
                    .containsAllEntriesOf(Manifests.map(Manifests.at(monitor, "spec.selector.matchLabels")))
                    .containsEntry("dnsproxy/job", "rel-dnsproxy");
            assertThat(Manifests.at(monitor, "spec.jobLabel")).isEqualTo("dnsproxy/job");
        }
    }

    /** What the Pod Security Standard "restricted" asks for. */
    @ParameterizedTest
    @MethodSource("valuesFiles")
    void podsFitTheRestrictedProfile(Path values, @TempDir Path folder) throws IOException {
        Map<String, Object> server =
                Manifests.map(Manifests.at(Chart.render(values).podTemplate(), "spec"));
        Map<String, Object> test = Manifests.map(Manifests.at(Chart.testPod(values, folder), "spec"));

        assertThat(List.of(server, test)).allSatisfy(pod -> {
            assertThat(pod)
                    .containsEntry("enableServiceLinks", false)
                    .containsEntry("automountServiceAccountToken", false);
            assertThat(pod).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
            Map<String, Object> context = Manifests.map(Manifests.at(pod, "securityContext"));
            assertThat(context).containsEntry("runAsNonRoot", true);
            assertThat((Integer) context.get("runAsUser")).isPositive();
            assertThat(Manifests.at(context, "seccompProfile.type")).isEqualTo("RuntimeDefault");
            for (Map<String, Object> container : Manifests.maps(Manifests.at(pod, "containers"))) {
                Map<String, Object> own = Manifests.map(Manifests.at(container, "securityContext"));
                assertThat(own)
                        .containsEntry("allowPrivilegeEscalation", false)
                        .containsEntry("readOnlyRootFilesystem", true)
                        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
            }
        });
        assertThat(Manifests.maps(Manifests.at(server, "volumes")))
                .allMatch(volume -> Stream.of("configMap", "emptyDir", "secret").anyMatch(volume::containsKey));
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void thePodLivesLongEnoughToDrain(Path values) {
        Manifests manifests = Chart.render(values);
        Map<String, Object> settings = Chart.yaml(manifests.applicationYaml()).getFirst();

        int delay = seconds(Manifests.at(settings, "dnsproxy.shutdown.delay"));
        int grace = seconds(Manifests.at(settings, "dnsproxy.shutdown.grace"));
        int phase = seconds(Manifests.at(settings, "spring.lifecycle.timeout-per-shutdown-phase"));
        int kill = (Integer) Manifests.at(manifests.podTemplate(), "spec.terminationGracePeriodSeconds");

        assertThat(phase).isGreaterThan(delay + grace);
        assertThat(kill).isGreaterThan(phase + 5);
    }

    private static int seconds(Object duration) {
        return Integer.parseInt(duration.toString().replaceFirst("s$", ""));
    }

    @Test
    void oneServiceHasUdpAndTcpOfBothFamilies() {
        Map<String, Object> service = Chart.render().the("Service", "rel-dnsproxy");

        assertThat(Manifests.at(service, "spec.ipFamilyPolicy")).isEqualTo("PreferDualStack");
        assertThat(Manifests.maps(Manifests.at(service, "spec.ports")))
                .extracting(port -> port.get("port") + "/" + port.get("protocol"))
                .containsExactly("53/UDP", "53/TCP");
    }

    @Test
    void clientsMayAskOverTlsWhereThereIsACertificate() {
        Manifests manifests = Chart.render(Chart.valuesFile("loadbalancer"));

        assertThat(Manifests.maps(Manifests.at(manifests.the("Service", "rel-dnsproxy"), "spec.ports")))
                .extracting(port -> port.get("port") + " to " + port.get("targetPort"))
                .containsExactly("53 to dns-udp", "53 to dns-tcp", "853 to dns-over-tls");
        assertThat(Manifests.at(manifests.the("NetworkPolicy"), "spec.ingress").toString())
                .contains("dns-over-tls");
        assertThat(Chart.render().applicationYaml()).doesNotContain("tls");
    }

    @Test
    void aClientKeepsItsInstanceIfAsked() {
        Map<String, Object> spec = Manifests.map(
                Manifests.at(Chart.render("service.sessionAffinity=ClientIP").the("Service", "rel-dnsproxy"), "spec"));

        assertThat(spec).containsEntry("sessionAffinity", "ClientIP");
        assertThat(Manifests.at(spec, "sessionAffinityConfig.clientIP.timeoutSeconds"))
                .isEqualTo(3600);
    }

    @Test
    void nothingGetsOutButToTheUpstreams() {
        assertThat(egress(Chart.render()))
                .containsExactly("9.9.9.9/32 853/TCP", "149.112.112.112/32 853/TCP", "1.1.1.1/32 853/TCP");
        assertThat(egress(Chart.render(Chart.valuesFile("restricted"))))
                .containsExactly("192.0.2.53/32 8853/TCP", "anywhere 853/TCP", "2620:fe::fe/128 853/TCP");
    }

    @Test
    void routesReachTheirServers() {
        assertThat(egress(Chart.render(
                        "settings.routes[0].suffix=corp.example",
                        "settings.routes[0].servers[0]=udp://10.0.0.53",
                        "settings.routes[0].servers[1]=udp://[fd00::53]:5353",
                        "settings.routes[1].suffix=lab.example",
                        "settings.routes[1].servers[0]=10.0.0.54@8853#dns.lab.example",
                        "settings.routes[1].servers[1].host=fd00::54",
                        "settings.routes[1].servers[2].host=10.0.0.55",
                        "settings.routes[1].servers[2].port=8853")))
                .endsWith(
                        "10.0.0.53/32 53/TCP",
                        "10.0.0.53/32 53/UDP",
                        "fd00::53/128 5353/TCP",
                        "fd00::53/128 5353/UDP",
                        "10.0.0.54/32 8853/TCP",
                        "fd00::54/128 853/TCP",
                        "10.0.0.55/32 8853/TCP");
    }

    @Test
    void theClustersDnsIsReachedOnlyWhereANameMustBeLookedUp() {
        assertThat(egress(Chart.render(Chart.valuesFile("redis-cluster"))))
                .endsWith("selected 6379/TCP", "selected 53/UDP", "selected 53/TCP");
        assertThat(egress(Chart.render(Chart.valuesFile("loadbalancer"))))
                .endsWith("anywhere 26379/TCP", "anywhere 6379/TCP");
        assertThat(egress(Chart.render("settings.upstream.servers[0].host=dns.example.net")))
                .containsExactly("anywhere 853/TCP", "selected 53/UDP", "selected 53/TCP");
    }

    private static List<String> egress(Manifests manifests) {
        return Manifests.maps(Manifests.at(manifests.the("NetworkPolicy"), "spec.egress")).stream()
                .flatMap(rule -> Manifests.maps(Manifests.at(rule, "ports")).stream()
                        .map(port -> to(rule) + " " + port.get("port") + "/" + port.get("protocol")))
                .toList();
    }

    private static String to(Map<String, Object> rule) {
        if (!rule.containsKey("to")) {
            return "anywhere";
        }
        Map<String, Object> peer = Manifests.maps(Manifests.at(rule, "to")).getFirst();
        return peer.containsKey("ipBlock") ? Manifests.at(peer, "ipBlock.cidr").toString() : "selected";
    }

    /** Values that Helm must refuse, each with words that help. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    bogus=1                                                            | additional properties 'bogus' not allowed
                    service.bogus=1                                                    | additional properties 'bogus' not allowed
                    replicas=many                                                      | got string, want integer
                    kind=Pod                                                           | value must be one of 'Deployment', 'DaemonSet'
                    ports.dns=70000                                                    | maximum: got 70,000, want 65,535
                    settings.upstream.servers[0].pins[0]=abc                           | does not match pattern
                    settings.upstream.servers[0].host=9.9.9.9#dns.quad9.net            | does not match pattern
                    settings.upstream.servers[0].address=9.9.9.9                       | 'address' not allowed
                    settings.listen.port=53                                            | settings.listen.port is ports.dns
                    settings.listen.tls.port=853                                       | settings.listen.tls is clientTls
                    settings.shutdown.delay=1s                                         | shutdown.delaySeconds
                    redis.enabled=true                                                 | one of redis.host
                    service.type=LoadBalancer, service.externalTrafficPolicy=Cluster   | anybody could ask
                    service.type=NodePort, service.externalTrafficPolicy=Cluster       | anybody could ask
                    kind=DaemonSet, autoscaling.enabled=true                           | needs kind Deployment
                    metrics.serviceMonitor.enabled=true, metrics.podMonitor.enabled=true | everything twice
                    metrics.serviceMonitor.enabled=true, metrics.service.enabled=false | metrics.podMonitor
                    hostPort.enabled=true, hostNetwork=true                            | leave hostPort.enabled off
                    upstreamCa.existingSecret=a, settings.upstream.ssl-bundle=b        | two trust stores
                    """)
    void refusesWhatCannotWork(String settings, String words) {
        assertThatThrownBy(() -> Chart.render(settings.split(", ", -1))).hasMessageContaining(words);
    }

    @Test
    void theImageIsThatOfThisVersion() throws IOException {
        Matcher version = Pattern.compile("<artifactId>dnsproxy</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        String released = version.group(1).replace("-SNAPSHOT", "");

        assertThat(Chart.yaml(Chart.text("Chart.yaml")).getFirst()).containsEntry("appVersion", released);
        assertThat(Chart.render().container()).containsEntry("image", "dnsproxy:" + released);
        assertThat(Manifests.at(Chart.render(Chart.valuesFile("restricted")).container(), "image")
                        .toString())
                .startsWith("registry.example.org/dnsproxy@sha256:");
    }

    @Test
    void aReleaseWithALongNameStillHasNamesThatFit() {
        String name = "x".repeat(80);

        assertThat(Chart.render("fullnameOverride=" + name).objects())
                .allSatisfy(object -> assertThat(String.valueOf(Manifests.at(object, "metadata.name")))
                        .matches(NAME));
    }
}
