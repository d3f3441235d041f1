package io.dnsproxy.resolver.cache.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;

/** A client as the program's settings make it, and how it ends. */
record Clients(AbstractRedisClient client, ClientResources resources) implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    static Clients of(RedisURI uri) {
        ClientResources resources = ClientResources.create();
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(prepared(ClientOptions.builder()).build());
        return new Clients(client, resources);
    }

    static Clients ofCluster(RedisURI uri) {
        ClientResources resources = ClientResources.create();
        RedisClusterClient client = RedisClusterClient.create(resources, uri);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        prepared(options);
        options.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                .enablePeriodicRefresh(Duration.ofMinutes(1))
                .build());
        client.setOptions(options.build());
        return new Clients(client, resources);
    }

    private static ClientOptions.Builder prepared(ClientOptions.Builder options) {
        RedisCache.prepare(options);
        return options.timeoutOptions(TimeoutOptions.enabled())
                .socketOptions(
                        SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build());
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown().awaitUninterruptibly();
    }
}
