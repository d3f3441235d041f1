package io.dnsproxy.testkit;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The TLS side of a {@link ScriptedResolver}: its certificate, versions and sessions, all of which may change while it runs. Any thread. */
final class ServerTls {

    private final SwitchableKeys keys;
    private volatile SSLContext context;
    private volatile String[] protocols = {"TLSv1.3", "TLSv1.2"};
    private volatile String alpn = "dot";
    private volatile boolean resumption = true;

    ServerTls(ServerCertificate certificate) {
        keys = new SwitchableKeys(certificate);
        context = newContext();
    }

    /** A server's engine; what it hears of the client goes to {@code hello}. */
    SSLEngine engine(ClientHello hello) {
        if (!resumption) {
            context = newContext();
        }
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        parameters.setSNIMatchers(List.of(hello));
        engine.setSSLParameters(parameters);
        engine.setHandshakeApplicationProtocolSelector((_, offered) -> {
            hello.alpnOffered = List.copyOf(offered);
            return offered.contains(alpn) ? alpn : "";
        });
        return engine;
    }

    ServerCertificate certificate() {
        return keys.current;
    }

    void certificate(ServerCertificate certificate) {
        keys.current = certificate;
    }

    void protocols(String... names) {
        protocols = names.clone();
    }

    void alpn(String protocol) {
        alpn = protocol;
    }

    void resumption(boolean on) {
        resumption = on;
    }

    void forgetSessions() {
        context = newContext();
    }

    private SSLContext newContext() {
        try {
            SSLContext fresh = SSLContext.getInstance("TLS");
            fresh.init(new KeyManager[] {keys}, null, null);
            return fresh;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives out the certificate of the moment. */
    private static final class SwitchableKeys extends X509ExtendedKeyManager {

        private final Map<String, ServerCertificate> given = new ConcurrentHashMap<>();
        private volatile ServerCertificate current;

        SwitchableKeys(ServerCertificate current) {
            this.current = current;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            ServerCertificate certificate = current;
            if (!keyType.equals(certificate.keyPair().getPublic().getAlgorithm())) {
                return null;
            }
            String alias = certificate.pin() + certificate.leaf().getSerialNumber();
            given.put(alias, certificate);
            return alias;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            ServerCertificate certificate = given.get(alias);
            return certificate == null ? null : certificate.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            ServerCertificate certificate = given.get(alias);
            return certificate == null ? null : certificate.keyPair().getPrivate();
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }
    }
}
