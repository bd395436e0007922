package dev.lockkeeper.fleetlock.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever comes in, an answer goes out: a request or a refusal of the protocol, never an exception. */
class MalformedBodiesTest {

    private static final byte[] REQUEST =
            "{\"client_params\":{\"id\":\"9765cc55\",\"group\":\"workers\"}}".getBytes(StandardCharsets.UTF_8);

    @Property
    void anyBytes(@ForAll @Size(max = 300) byte[] body) {
        assertThat(FleetLockRequest.parse("POST", "true", body))
                .isInstanceOfSatisfying(Refusal.class, MalformedBodiesTest::isAnswer);
    }

    @Property
    void oneByteChanged(@ForAll @IntRange(max = 54) int at, @ForAll byte to) {
        byte[] body = REQUEST.clone();
        body[at % body.length] = to;
        check(FleetLockRequest.parse("POST", "true", body));
    }

    @Property
    void onePartRepeatedOrLost(@ForAll @IntRange(max = 54) int from, @ForAll @IntRange(max = 54) int to) {
        String text = new String(REQUEST, StandardCharsets.UTF_8);
        String body = text.substring(0, Math.min(from, text.length())) + text.substring(Math.min(to, text.length()));
        check(FleetLockRequest.parse("POST", "true", body.getBytes(StandardCharsets.UTF_8)));
    }

    @Property
    void anyIdAndGroup(@ForAll String id, @ForAll String group) {
        byte[] body = ("{\"client_params\":{\"id\":\"" + id + "\",\"group\":\"" + group + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        check(FleetLockRequest.parse("POST", "true", body));
    }

    @Property
    void anyReplyIsReadBackAsItWas(@ForAll String kind, @ForAll String value) throws IOException {
        byte[] json = new Reply(kind, value).json();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            assertThat(parser.nextFieldName()).isEqualTo("kind");
            assertThat(parser.nextTextValue()).isEqualTo(utf8(kind));
            assertThat(parser.nextFieldName()).isEqualTo("value");
            assertThat(parser.nextTextValue()).isEqualTo(utf8(value));
        }
        assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContain("\n");
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static void check(Parsed parsed) {
        switch (parsed) {
            case FleetLockRequest request -> {
                assertThat(request.id()).matches("[0-9A-Za-z-]{1,64}");
                assertThat(request.group()).matches("[a-zA-Z0-9.-]{1,63}");
            }
            case Refusal refusal -> isAnswer(refusal);
        }
    }

    private static void isAnswer(Refusal refusal) {
        assertThat(refusal.kind()).isIn(Kind.DECODE_ERROR, Kind.INVALID_CLIENT);
        assertThat(refusal.value()).hasSizeLessThan(1000);
        assertThat(Reply.of(refusal).json()).isNotEmpty();
    }
}
