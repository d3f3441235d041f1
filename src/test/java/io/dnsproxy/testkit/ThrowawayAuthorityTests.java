package io.dnsproxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's client makes of each kind of certificate. */
class ThrowawayAuthorityTests {

    private static final int IP_ADDRESS = 7;
    private static final int DNS_NAME = 2;

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();

    @Test
    void issuesCertificatesForNamesAndAddresses() throws Exception {
        ServerCertificate certificate = authority.issue("resolver.example.net", "127.0.0.1", "::1");

        assertThat(certificate.leaf().getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(DNS_NAME, "resolver.example.net"),
                        List.of(IP_ADDRESS, "127.0.0.1"),
                        List.of(IP_ADDRESS, "0:0:0:0:0:0:0:1"));
        assertThatCode(() -> handshake(certificate, "resolver.example.net")).doesNotThrowAnyException();
        assertThatCode(() -> handshake(certificate, "127.0.0.1")).doesNotThrowAnyException();
        assertThatThrownBy(() -> handshake(certificate, "other.example.net"))
                .hasRootCauseInstanceOf(CertificateException.class)
                .hasMessageContaining("other.example.net");
    }

    @Test
    void issuesCertificatesOutOfTheirTime() {
        String name = "resolver.example.net";
        assertThatThrownBy(() ->
                        handshake(authority.request().dnsName(name).expired().issue(), name))
                .hasRootCauseInstanceOf(CertificateExpiredException.class);
        assertThatThrownBy(() -> handshake(
                        authority.request().dnsName(name).notYetValid().issue(), name))
                .hasRootCauseInstanceOf(CertificateNotYetValidException.class);
    }

    @Test
    void issuesACertificateThatIsNamedByItsCommonNameOnly() throws Exception {
        ServerCertificate certificate =
                authority.request().commonName("resolver.example.net").issue();

        assertThat(certificate.leaf().getSubjectAlternativeNames()).isNull();
        assertThat(certificate.leaf().getSubjectX500Principal().getName()).isEqualTo("CN=resolver.example.net");
    }

    @Test
    void isUnknownToAClientOfAnotherAuthority() {
        ServerCertificate certificate = ThrowawayAuthority.create().issue("resolver.example.net");

        assertThatThrownBy(() -> handshake(certificate, "resolver.example.net"))
                .hasMessageContaining("unable to find valid certification path");
    }

    @Test
    void keepsThePinWhenTheKeyIsUsedAgain() throws Exception {
        ServerCertificate first = authority.issue("resolver.example.net");
        ServerCertificate second = authority.request().key(first.keyPair()).issue();

        assertThat(second.leaf()).isNotEqualTo(first.leaf());
        assertThat(second.pin()).isEqualTo(first.pin());
        assertThat(authority.issue("resolver.example.net").pin()).isNotEqualTo(first.pin());
        byte[] info = first.keyPair().getPublic().getEncoded();
        assertThat(Base64.getDecoder().decode(first.pin()))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(info));
    }

    @Test
    void appendsAForeignCertificateToAChainThatStaysGood() throws Exception {
        ServerCertificate foreign = ThrowawayAuthority.create().issue("pinned.example.net");
        ServerCertificate certificate = authority
                .request()
                .dnsName("resolver.example.net")
                .append(foreign.leaf())
                .issue();

        assertThat(handshake(certificate, "resolver.example.net")).containsExactly(certificate.leaf(), foreign.leaf());
    }

    @Test
    void writesWhatOthersCanRead(@TempDir Path directory) throws Exception {
        ServerCertificate certificate = authority.issue("resolver.example.net");

        assertThat(read(Files.readString(authority.writePem(directory)))).isEqualTo(authority.certificate());
        assertThat(read(certificate.chainPem())).isEqualTo(certificate.leaf());
        byte[] der = Base64.getMimeDecoder().decode(certificate.keyPem().replaceAll("-----[A-Z ]+-----", ""));
        assertThat(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)))
                .isEqualTo(certificate.keyPair().getPrivate());
    }

    private static X509Certificate read(String pem) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private List<X509Certificate> handshake(ServerCertificate certificate, String name) throws IOException {
        try (ScriptedResolver resolver = ScriptedResolver.start(authority, certificate, 0);
                Socket plain = new Socket(resolver.address().getAddress(), resolver.port());
                SSLSocket socket = (SSLSocket)
                        authority.clientContext().getSocketFactory().createSocket(plain, name, resolver.port(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return List.of(socket.getSession().getPeerCertificates()).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }
}
