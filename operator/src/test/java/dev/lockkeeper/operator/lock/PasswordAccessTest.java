package dev.lockkeeper.operator.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.lock.GroupAccess.Answer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may be told how the machines of a group are configured. */
class PasswordAccessTest {

    /** The password of each Secret is its name. */
    private static Answer enter(String group, String password, TestingGroup... groups) {
        Membership membership =
                new Membership(Arrays.stream(groups).map(TestingGroup::view).toList());
        return new PasswordAccess(
                        () -> membership,
                        (g, given) -> g.secret() == null || g.secret().equals(given)
                                ? Optional.empty()
                                : Optional.of(refusal(g.name())))
                .enter(group, password);
    }

    private static Refusal refusal(String group) {
        return new Refusal(Kind.UNAUTHORIZED, group + " asks for a password.");
    }

    private static TestingGroup group(String name, String label) {
        return new TestingGroup(name).serving("workers").selecting("pool", label);
    }

    @Test
    void aGroupWithoutASecretIsOpenToAllAndNoPasswordIsItsOwn() {
        TestingGroup open = new TestingGroup("workers");
        assertThat(enter("workers", null, open)).isEqualTo(new Answer.Admitted(false));
        assertThat(enter("workers", "whatever", open)).isEqualTo(new Answer.Admitted(false));
    }

    @Test
    void aGroupWithASecretIsOpenToItsPasswordAlone() {
        TestingGroup guarded = new TestingGroup("workers").secret("s");
        assertThat(enter("workers", "s", guarded)).isEqualTo(new Answer.Admitted(true));
        assertThat(enter("workers", null, guarded)).isEqualTo(new Answer.Refused(refusal("workers")));
        assertThat(enter("workers", "t", guarded)).isEqualTo(new Answer.Refused(refusal("workers")));
        assertThat(enter("workers", "", guarded)).isEqualTo(new Answer.Refused(refusal("workers")));
    }

    @Test
    void ofSeveralRebootGroupsOneThatLetsInIsEnough() {
        TestingGroup a = group("a", "a").secret("s");
        TestingGroup b = group("b", "b").secret("t");
        assertThat(enter("workers", "s", a, b)).isEqualTo(new Answer.Admitted(true));
        assertThat(enter("workers", "t", a, b)).isEqualTo(new Answer.Admitted(true));
        assertThat(enter("workers", null, a, b)).isEqualTo(new Answer.Refused(refusal("a")));
        assertThat(enter("workers", null, group("c", "c"), group("d", "d"))).isEqualTo(new Answer.Admitted(false));
    }

    @Test
    void whereOneAsksForNoPasswordAWrongOneIsRefusedAllTheSame() {
        TestingGroup open = group("a", "a");
        TestingGroup guarded = group("b", "b").secret("t");
        assertThat(enter("workers", null, open, guarded)).isEqualTo(new Answer.Admitted(false));
        assertThat(enter("workers", "t", open, guarded)).isEqualTo(new Answer.Admitted(true));
        assertThat(enter("workers", "x", open, guarded)).isEqualTo(new Answer.Refused(refusal("b")));
    }

    @Test
    void aRebootGroupThatDoesNotServeLetsNobodyIn() {
        TestingGroup serving = new TestingGroup("a").serving("workers");
        TestingGroup other = new TestingGroup("b").serving("workers").secret("t");
        assertThat(enter("workers", "t", serving, other)).isEqualTo(new Answer.Admitted(false));
    }

    @Test
    void anUnknownGroupIsToldThoseThatThereAre() {
        assertThat(enter("Workers", null, new TestingGroup("workers"), new TestingGroup("x").serving("edge")))
                .isEqualTo(new Answer.Refused(new Refusal(
                        Kind.UNKNOWN_GROUP, "No RebootGroup serves 'Workers' (there are: edge, workers).")));
        assertThat(enter("workers", "s"))
                .isEqualTo(new Answer.Refused(
                        new Refusal(Kind.UNKNOWN_GROUP, "No RebootGroup serves 'workers' (there are: none).")));
    }
}
