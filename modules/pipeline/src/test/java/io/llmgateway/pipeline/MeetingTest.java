package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.wire.Slice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order the pieces of several streams go to the client. */
class MeetingTest {
    /** Begins a stream of these pieces, one byte each, and waits until it has to wait. */
    private static Thread begin(Meeting meeting, int index, int pieces) {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            meeting.begun(true);
            for (int i = 0; i < pieces; i++) {
                meeting.hand(index, new byte[] {(byte) index}, 1);
            }
            meeting.ended(index);
        });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private static List<Integer> all(Meeting meeting) {
        List<Integer> got = new ArrayList<>();
        meeting.go();
        for (Slice piece = meeting.next(); piece != null; piece = meeting.next()) {
            got.add((int) piece.bytes()[0]);
            meeting.sent();
        }
        return got;
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "021", "210", "3120", "0321"})
    void firstPieces_comeInTheOrderOfTheAnswers_andBeforeAllOthers_whicheverBegunFirst(String begun) throws Exception {
        Meeting meeting = new Meeting(begun.length());
        List<Thread> threads = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < begun.length(); i++) {
            threads.add(begin(meeting, begun.charAt(i) - '0', 3));
            order.add(i);
        }

        List<Integer> got = all(meeting);

        assertThat(got.subList(0, order.size())).isEqualTo(order);
        assertThat(got).hasSize(3 * begun.length());
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void streamThatEndsWithoutAPiece_keepsNobodyWaiting() throws Exception {
        Meeting meeting = new Meeting(3);
        List<Thread> threads = List.of(begin(meeting, 2, 2), begin(meeting, 1, 0), begin(meeting, 0, 1));

        assertThat(all(meeting)).containsExactly(0, 2, 2);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void firstThatFailsBeforeItsFirstPiece_endsTheStream_andTheOthersGo() throws Exception {
        Meeting meeting = new Meeting(2);
        Thread second = Thread.ofPlatform().daemon().start(() -> {
            meeting.begun(true);
            try {
                meeting.hand(1, new byte[] {1}, 1);
            } catch (RuntimeException e) {
                // the meeting was closed
            }
        });
        meeting.begun(false);
        assertThat(meeting.allBegun()).isTrue();
        meeting.failed(0, new IllegalStateException("as scripted"), true);

        assertThat(all(meeting)).isEmpty();
        meeting.close();
        second.join();
    }
}
