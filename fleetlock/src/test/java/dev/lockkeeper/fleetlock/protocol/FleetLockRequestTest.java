package dev.lockkeeper.fleetlock.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the answers' table that needs no more than the request, each sentence to the letter. */
class FleetLockRequestTest {

    private static final String ZINCATI = """
            {
              "client_params": {
                "id": "9765cc552db7472b930408a8cff50c19",
                "group": "workers"
              }
            }""";

    private static final String NOT_THE_BODY =
            "The body is not {\"client_params\":{\"id\":\"...\",\"group\":\"...\"}}: ";

    private static Parsed post(String body) {
        return FleetLockRequest.parse("POST", "true", body.getBytes(StandardCharsets.UTF_8));
    }

    private static String client(String id, String group) {
        return "{\"client_params\":{\"id\":\"" + id + "\",\"group\":\"" + group + "\"}}";
    }

    private static void undecodable(Parsed parsed, String why) {
        assertThat(parsed).isEqualTo(new Refusal(Kind.DECODE_ERROR, NOT_THE_BODY + why + "."));
    }

    @Test
    void whatZincatiSends() {
        assertThat(post(ZINCATI)).isEqualTo(new FleetLockRequest("9765cc552db7472b930408a8cff50c19", "workers"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"client_params\":{\"group\":\"g\",\"id\":\"i\"}}",
                " \n\t{\"client_params\" : {\"id\":\"\\u0069\", \"group\":\"g\"} } \r\n",
                "{\"a\":[{\"b\":{}},1,null],\"client_params\":{\"x\":{\"id\":\"y\"},\"id\":\"i\",\"z\":1e5,\"group\":\"g\"},\"id\":7}",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\",\"group\\u0000\":\"h\"},\"ümlaut\":\"\\ud83d\"}"
            })
    void unknownFieldsOrderAndSpaceDoNotMatter(String body) {
        assertThat(post(body)).isEqualTo(new FleetLockRequest("i", "g"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "True", "TRUE", "1", "true,true", " true"})
    void theHeaderIsMissing(String header) {
        String found = header == null ? "is missing" : "has another value";
        Refusal refusal = new Refusal(
                Kind.MISSING_HEADER,
                "The header 'fleet-lock-protocol: true' " + found + ": this address answers FleetLock agents only.");
        assertThat(FleetLockRequest.parse("POST", header, ZINCATI.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(refusal);
        assertThat(FleetLockRequest.parse("GET", header, new byte[20_000]))
                .as("whatever else is wrong")
                .isEqualTo(refusal);
        assertThat(FleetLockRequest.refuseHead("GET", header)).contains(refusal);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"GET", "PUT", "HEAD", "post", ""})
    void anotherMethod(String method) {
        Refusal refusal =
                new Refusal(Kind.METHOD_NOT_ALLOWED, "FleetLock requests are POST requests: send this one by POST.");
        assertThat(FleetLockRequest.parse(method, "true", ZINCATI.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(refusal);
        assertThat(FleetLockRequest.parse(method, "true", new byte[20_000])).isEqualTo(refusal);
    }

    @Test
    void aPostWithTheHeaderNeedsItsBodyToBeJudged() {
        assertThat(FleetLockRequest.refuseHead("POST", "true")).isEmpty();
    }

    @Test
    void theBodyIsTooLarge() {
        Refusal refusal = new Refusal(
                Kind.BODY_TOO_LARGE, "The body is longer than 16384 bytes; a FleetLock request takes about 100.");
        String request = client("i", "g");
        assertThat(post(request + " ".repeat(16384 - request.length()))).isEqualTo(new FleetLockRequest("i", "g"));
        assertThat(post(request + " ".repeat(16385 - request.length()))).isEqualTo(refusal);
        assertThat(FleetLockRequest.parse("POST", "true", new byte[16385])).isEqualTo(refusal);
        assertThat(FleetLockRequest.bodyTooLarge()).isEqualTo(refusal);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "``|it is empty",
                "`  `|it is empty",
                "[]|it is no JSON object",
                "null|it is no JSON object",
                "`\"client_params\"`|it is no JSON object",
                "{}|client_params is missing",
                "{\"id\":\"i\",\"group\":\"g\"}|client_params is missing",
                "{\"client_params\":null}|client_params is no object",
                "{\"client_params\":[]}|client_params is no object",
                "{\"client_params\":{}}|client_params.id is missing",
                "{\"client_params\":{\"group\":\"g\"}}|client_params.id is missing",
                "{\"client_params\":{\"id\":\"i\"}}|client_params.group is missing",
                "{\"client_params\":{\"id\":1,\"group\":\"g\"}}|client_params.id is no string",
                "{\"client_params\":{\"id\":null,\"group\":\"g\"}}|client_params.id is no string",
                "{\"client_params\":{\"id\":\"i\",\"group\":[\"g\"]}}|client_params.group is no string",
                "{\"client_params\":{\"id\":\"i\",\"group\":{}}}|client_params.group is no string",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\"}}{}|something follows after the JSON object",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\"}} 1|something follows after the JSON object",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\"}|it ends too early",
                "{\"client_params\":{\"id\":\"i\",\"gro|it ends too early",
                "{\"client_params\":{\"id\":\"i\",\"id\":\"i\",\"group\":\"g\"}}"
                        + "|Duplicate field 'id' at line 1, column 32",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\"},\"client_params\":{\"id\":\"i\",\"group\":\"g\"}}"
                        + "|Duplicate field 'client_params' at line 1, column 56"
            })
    void theBodyIsAnother(String body, String why) {
        undecodable(post(body), why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id=i&group=g",
                "{'client_params':{}}",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\",}}",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"a\nb\"}}",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"\\q\"}}",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\"}} //",
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\"}}}",
                "{\"x\":NaN,\"client_params\":{\"id\":\"i\",\"group\":\"g\"}}",
                "{\"x\":01,\"client_params\":{\"id\":\"i\",\"group\":\"g\"}}",
                "\ufeff{\"client_params\":{\"id\":\"i\",\"group\":\"g\"}}"
            })
    void theBodyIsNoJson(String body) {
        assertThat(post(body)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.kind()).isEqualTo(Kind.DECODE_ERROR);
            assertThat(refusal.value()).startsWith(NOT_THE_BODY).matches("(?s).* at line \\d+, column \\d+\\.");
        });
    }

    @Test
    void theBodyIsNoUtf8() {
        byte[] overlong =
                "{\"client_params\":{\"id\":\"i\",\"group\":\"g\",\"x\":\"??\"}}".getBytes(StandardCharsets.UTF_8);
        overlong[42] = (byte) 0xc0;
        overlong[43] = (byte) 0x80;
        undecodable(FleetLockRequest.parse("POST", "true", overlong), "it is not UTF-8");
        undecodable(
                FleetLockRequest.parse("POST", "true", new byte[] {'{', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '}'}),
                "it is not UTF-8");
        assertThat(FleetLockRequest.parse("POST", "true", client("i", "g").getBytes(StandardCharsets.UTF_16LE)))
                .as("another encoding is not guessed")
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.kind()).isEqualTo(Kind.DECODE_ERROR));
    }

    @Test
    void theBodyIsNestedTooDeep() {
        String why = "it is nested deeper than 16 levels, or a number or name in it is too long";
        undecodable(post("[".repeat(16_000)), "it is no JSON object");
        undecodable(post("{\"a\":".repeat(17) + "1" + "}".repeat(17)), why);
        undecodable(post("{\"a\":" + "[".repeat(16_000)), why);
        assertThat(post("{\"a\":" + "[".repeat(15) + "]".repeat(15) + ","
                        + client("i", "g").substring(1)))
                .isEqualTo(new FleetLockRequest("i", "g"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "aZ-9", "-", "9765cc552db7472b930408a8cff50c19"})
    void validIds(String id) {
        assertThat(post(client(id, "g"))).isEqualTo(new FleetLockRequest(id, "g"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "ä", "a/b", "a_b", "i\\n", "\\u0000", "\\ud83d"})
    void invalidIds(String id) {
        assertThat(post(client(id, "not a group either")))
                .isEqualTo(
                        new Refusal(
                                Kind.INVALID_CLIENT,
                                "client_params.id must be 1 to 64 characters of 0-9, A-Z, a-z and '-'; Zincati sends 32 hex digits."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "Workers.EU-1", ".", "-", "0"})
    void validGroups(String group) {
        assertThat(post(client("i", group))).isEqualTo(new FleetLockRequest("i", group));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a_b", "ä", "a/b", "g\\n", "../x"})
    void invalidGroups(String group) {
        assertThat(post(client("i", group)))
                .isEqualTo(new Refusal(
                        Kind.INVALID_CLIENT,
                        "client_params.group must be 1 to 63 characters of a-z, A-Z, 0-9, '.' and '-': correct the group"
                                + " in the agent's [identity] section."));
    }

    @Test
    void theLongestIdAndGroup() {
        assertThat(post(client("i".repeat(64), "g".repeat(63)))).isInstanceOf(FleetLockRequest.class);
        assertThat(post(client("i".repeat(65), "g"))).isInstanceOf(Refusal.class);
        assertThat(post(client("i", "g".repeat(64)))).isInstanceOf(Refusal.class);
    }
}
