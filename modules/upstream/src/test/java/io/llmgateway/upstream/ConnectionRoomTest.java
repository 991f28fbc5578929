package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionRoomTest {
    @Test
    void room_isBounded_andComesBack() {
        ConnectionRoom room = new ConnectionRoom(2, () -> {});

        assertThat(room.take()).isTrue();
        assertThat(room.take()).isTrue();
        assertThat(room.take()).isFalse();
        room.give();
        assertThat(room.take()).isTrue();
        assertThat(room.open()).isEqualTo(2);
    }

    @Test
    void idleConnections_giveTheirRoom_beforeAnybodyIsRefused() {
        AtomicInteger asked = new AtomicInteger();
        ConnectionRoom[] itself = new ConnectionRoom[1];
        itself[0] = new ConnectionRoom(1, () -> {
            asked.incrementAndGet();
            itself[0].give();
        });

        assertThat(itself[0].take()).isTrue();
        assertThat(itself[0].take()).isTrue();
        assertThat(asked).hasValue(1);
        assertThat(itself[0].open()).isEqualTo(1);
    }
}
