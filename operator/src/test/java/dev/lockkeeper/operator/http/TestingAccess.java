package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.lock.GroupAccess;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Lets everybody into every group, unless a test says otherwise. */
final class TestingAccess implements GroupAccess {

    /** The groups that were asked for. */
    final Queue<String> asked = new ConcurrentLinkedQueue<>();

    /** Null: it fails. */
    volatile Answer answer = new Answer.Admitted(false);

    @Override
    public Answer enter(String group, String password) {
        asked.add(group);
        if (answer == null) {
            throw new IllegalStateException("a fault");
        }
        return answer;
    }
}
