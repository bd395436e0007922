package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.system.RawHttp.Answer;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Thousands of malformed requests: each is refused or dropped, none is answered with a fault of ours, and none leaves anything. */
class FuzzIT {

    private static final double SCALE = Double.parseDouble(System.getProperty("lockkeeper.test.scale", "0.1"));
    private static final int AT_ONCE = 16;
    private static final int THREADS_MORE = 3;
    /** For an answer that must come, and for one that may stay away because the request never ended. */
    private static final Duration SURE = Duration.ofSeconds(20);

    private static final Duration MAYBE = Duration.ofMillis(400);

    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Rig rig;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator = rig.operator();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /**
     * One request, its bytes chosen by chance.
     *
     * @param ends whether it is a whole request in HTTP's eyes, so that an answer must come
     */
    private record Shot(byte[] bytes, boolean ends) {}

    @Test
    void malformedRequestsChangeNothing() throws IOException, InterruptedException {
        rig.group("fuzz");
        MachineSpec machine = rig.node("fuzz-1", "fuzz");
        Rig.await()
                .untilAsserted(
                        () -> assertThat(operator.management("/q/metrics").body())
                                .contains("lockkeeper_group_members{group=\"fuzz\"} 1.0"));
        long seed = Long.getLong("lockkeeper.test.seed", System.nanoTime());
        System.out.println("FuzzIT: -Dlockkeeper.test.seed=" + seed);
        Random random = new Random(seed);
        // Once through all of it before counting: threads that are made on demand are there then.
        fire(shots(random, 200));
        Rig.await().until(FuzzIT::isQuiet);
        int threads = operator.threads();
        String version = rig.read("fuzz").getMetadata().getResourceVersion();

        Map<String, Integer> seen = fire(shots(random, (int) (10_000 * SCALE)));

        System.out.println("FuzzIT: answers " + seen);
        assertThat(seen.keySet())
                .as("kinds seen with seed %d", seed)
                .contains(
                        "not_found",
                        "missing_header",
                        "decode_error",
                        "invalid_client",
                        "body_too_large",
                        "method_not_allowed",
                        "uri_too_long",
                        "unknown_group",
                        "unknown_machine");
        Rig.await().until(FuzzIT::isQuiet);
        Rig.await()
                .untilAsserted(() -> assertThat(operator.threads())
                        .as("threads after seed %d", seed)
                        .isLessThanOrEqualTo(threads + THREADS_MORE));
        assertThat(rig.read("fuzz").getMetadata().getResourceVersion())
                .as("resourceVersion after seed %d", seed)
                .isEqualTo(version);
        assertThat(operator.logText()).doesNotContain("internal error");
        assertThat(operator.management("/q/metrics").body()).doesNotContain("internal_error");
        assertThat(operator.alive()).isTrue();
        Rig.await()
                .untilAsserted(() -> assertThat(RawHttp.exchange(
                                        operator.port(), RawHttp.request(RawHttp.PRE_REBOOT, machine.agentId(), "fuzz"))
                                .status())
                        .isEqualTo(200));
    }

    /** No connection of ours is left in the operator's process. */
    private static boolean isQuiet() throws IOException {
        String port = ":%04X".formatted(operator.port());
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            boolean open = Files.readAllLines(Path.of(table)).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .anyMatch(f -> f.length > 3 && f[1].endsWith(port) && (f[3].equals("01") || f[3].equals("08")));
            if (open) {
                return false;
            }
        }
        return true;
    }

    /** Sends them all; returns how often each kind of answer came. */
    private static Map<String, Integer> fire(List<Shot> shots) throws InterruptedException {
        Map<String, Integer> kinds = new TreeMap<>();
        List<Future<String>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Shot shot : shots) {
                results.add(threads.submit(() -> fire(shot)));
            }
        }
        for (Future<String> result : results) {
            try {
                kinds.merge(result.get(), 1, Integer::sum);
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause().getMessage(), e.getCause());
            }
        }
        return kinds;
    }

    private static String fire(Shot shot) throws IOException {
        try (RawHttp http = new RawHttp(operator.port())) {
            Answer answer;
            try {
                http.send(shot.bytes());
                answer = http.answer(shot.ends() ? SURE : MAYBE);
            } catch (IOException e) {
                if (shot.ends()) {
                    throw new AssertionError("no answer (" + e.getMessage() + ") to: " + text(shot), e);
                }
                return "none";
            }
            String what = answer.text() + " to: " + text(shot);
            assertThat(answer.status()).as(what).isBetween(200, 499);
            if (answer.body().isEmpty()) {
                // An answer to HEAD, or 100 Continue.
                assertThat(text(shot)).as(what).containsIgnoringCase("HEAD");
                return "head";
            }
            JsonNode body = JSON.readTree(answer.body());
            assertThat(body.properties().stream().map(Map.Entry::getKey))
                    .as(what)
                    .containsExactly("kind", "value");
            assertThat(body.get("value").asText()).as(what).isNotBlank();
            return body.get("kind").asText();
        }
    }

    private static String text(Shot shot) {
        String text = new String(shot.bytes(), StandardCharsets.ISO_8859_1);
        return (text.length() > 600 ? text.substring(0, 600) + "... (" + text.length() + ")" : text)
                .replace("\r", "\\r")
                .replace("\n", "\\n");
    }

    // ---- what is sent

    private static List<Shot> shots(Random random, int count) {
        List<Shot> shots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shots.add(
                    switch (i % 10) {
                        case 0 -> new Shot(noise(random, 1 + random.nextInt(2000)), false);
                        case 1, 2 -> new Shot(mutated(random), false);
                        case 3 -> whole(path(random), body(random), random);
                        case 4 -> whole(randomPath(random), "{}", random);
                        case 5 -> new Shot(method(random), true);
                        case 6 -> new Shot(headers(random), true);
                        case 7 -> new Shot(RawHttp.post(path(random), identity(random)), true);
                        case 8 -> new Shot(chunked(random), false);
                        default -> new Shot(lying(random), false);
                    });
        }
        return shots;
    }

    private static String path(Random random) {
        return random.nextBoolean() ? RawHttp.PRE_REBOOT : RawHttp.STEADY_STATE;
    }

    private static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String characters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        random.ints(length, 0x21, 0x7f).forEach(text::appendCodePoint);
        return text.toString();
    }

    /** A good request of a machine that there is not, with bytes changed, cut out, doubled or cut off. */
    private static byte[] mutated(Random random) {
        byte[] bytes = RawHttp.request(path(random), ID, "fuzz");
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(bytes.length);
            bytes = switch (random.nextInt(4)) {
                case 0 -> spliced(bytes, at, at + 1, new byte[] {(byte) random.nextInt(256)});
                case 1 -> spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
                case 2 -> spliced(bytes, at, at, noise(random, 1 + random.nextInt(20)));
                default -> spliced(bytes, Math.max(1, at), bytes.length, new byte[0]);
            };
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(middle);
        out.write(bytes, to, bytes.length - to);
        return out.size() == 0 ? new byte[] {0} : out.toByteArray();
    }

    private static Shot whole(String path, Object body, Random random) {
        byte[] content = body instanceof byte[] bytes ? bytes : body.toString().getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1." + random.nextInt(2) + "\r\nfleet-lock-protocol: true\r\nhost: x\r\n"
                + "content-length: " + content.length + "\r\n\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(content);
        return new Shot(out.toByteArray(), true);
    }

    private static Object body(Random random) {
        String good = "{\"client_params\":{\"id\":\"" + ID + "\",\"group\":\"fuzz\"}}";
        return switch (random.nextInt(9)) {
            case 0 -> noise(random, random.nextInt(16 * 1024));
            case 1 -> "{".repeat(1 + random.nextInt(5000));
            case 2 -> "{\"client_params\":".repeat(1 + random.nextInt(500));
            case 3 -> good.substring(0, random.nextInt(good.length()));
            case 4 -> good + characters(random, 1 + random.nextInt(50));
            case 5 -> good + " ".repeat(16 * 1024 + random.nextInt(40_000));
            case 6 -> "{\"client_params\":{\"id\":" + random.nextLong() + "9".repeat(random.nextInt(3000)) + "}}";
            case 7 -> "{\"client_params\":{\"id\":\"" + ID + "\",\"id\":\"" + ID + "\",\"group\":\"fuzz\"}}";
            default -> "{\"" + "\\u0000".repeat(random.nextInt(100)) + "\":" + random.nextDouble() + "}";
        };
    }

    /** Ids and groups that nobody may have. */
    private static String identity(Random random) {
        String odd = characters(random, 1 + random.nextInt(80)).replaceAll("[\"\\\\]", "/");
        return switch (random.nextInt(5)) {
            case 0 -> "{\"client_params\":{\"id\":\"" + odd + "\",\"group\":\"fuzz\"}}";
            case 1 -> "{\"client_params\":{\"id\":\"" + ID + "\",\"group\":\"" + odd + "\"}}";
            case 2 -> "{\"client_params\":{\"id\":\"\\u00e4\\ud800\\u0000\",\"group\":\"../../secrets\"}}";
            case 3 -> "{\"client_params\":{\"id\":\"" + ID + "\",\"group\":\"g" + random.nextInt(1_000_000) + "\"}}";
            default -> "{\"client_params\":{\"id\":\"%032x\",\"group\":\"fuzz\"}}".formatted(random.nextLong());
        };
    }

    private static String randomPath(Random random) {
        String odd = characters(random, 1 + random.nextInt(60)).replaceAll("[#? ]", "a");
        return switch (random.nextInt(6)) {
            case 0 -> "/" + odd;
            case 1 -> RawHttp.PRE_REBOOT + "/" + odd;
            case 2 -> "/v1/../v1/%2e%2e/" + random.nextInt();
            case 3 -> "/" + "x".repeat(8_000 + random.nextInt(40_000));
            case 4 -> "/%zz%00%ff" + odd;
            default -> RawHttp.STEADY_STATE + "?" + odd;
        };
    }

    private static byte[] method(Random random) {
        String[] methods = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post", "BREW", "HEAD"};
        String header = random.nextInt(4) == 0 ? "" : "fleet-lock-protocol: true\r\n";
        return (methods[random.nextInt(methods.length)] + " " + path(random) + " HTTP/1.1\r\n" + header
                        + "host: x\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] headers(Random random) {
        String odd = characters(random, 1 + random.nextInt(60)).replace(":", "a");
        String header = switch (random.nextInt(6)) {
            case 0 -> "fleet-lock-protocol: " + odd;
            case 1 -> "x: " + "y".repeat(random.nextInt(60_000));
            case 2 -> odd.replaceAll("[^a-zA-Z]", "q") + ": " + odd;
            case 3 -> "authorization: " + odd;
            case 4 -> "fleet-lock-protocol: true\r\nfleet-lock-protocol: false";
            default -> "x-many: 1\r\n".repeat(random.nextInt(1_000)) + "x-last: 1";
        };
        return ("POST " + path(random) + " HTTP/1.1\r\nhost: x\r\n" + header + "\r\ncontent-length: 2\r\n\r\n{}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] chunked(Random random) {
        String[] sizes = {"-1", "zz", "ffffffffffffffff", "5", "0", "4000", ""};
        return ("POST " + path(random) + " HTTP/1.1\r\nhost: x\r\nfleet-lock-protocol: true\r\n"
                        + (random.nextBoolean() ? "content-length: 5\r\n" : "")
                        + "transfer-encoding: " + (random.nextInt(4) == 0 ? "gzip" : "chunked") + "\r\n\r\n"
                        + sizes[random.nextInt(sizes.length)] + "\r\n"
                        + characters(random, random.nextInt(30)) + "\r\n0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Lengths that are not true, versions that there are not, and two requests that are one. */
    private static byte[] lying(Random random) {
        String[] lengths = {"-1", "99999999999999999999", "1e3", "17", "0x10", "2, 2", "2\r\ncontent-length: 3"};
        String[] versions = {"HTTP/1.1", "HTTP/2.0", "HTTP/9.9", "http/1.1", "HTTP/1.", "ICY/1.0", ""};
        return ("POST " + path(random) + " " + versions[random.nextInt(versions.length)]
                        + "\r\nhost: x\r\nfleet-lock-protocol: true\r\ncontent-length: "
                        + lengths[random.nextInt(lengths.length)] + "\r\n\r\n{}"
                        + (random.nextBoolean() ? "POST / HTTP/1.1\r\n\r\n" : ""))
                .getBytes(StandardCharsets.UTF_8);
    }
}
