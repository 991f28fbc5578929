package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.RequestWalker;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimateTest {
    private static Estimate of(String fields) throws MalformedJsonException {
        byte[] body = ("{\"model\":\"m\"" + fields + "}").getBytes(StandardCharsets.UTF_8);
        return new Estimate(RequestWalker.walk(body, body.length), 400, false, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "'',1000",
        "',\"max_tokens\":50',50",
        "',\"max_tokens\":50,\"n\":3',150",
        "',\"max_tokens\":50,\"n\":99',400",
        "',\"max_tokens\":16001',16000",
        "',\"max_tokens\":16001,\"n\":8',16000",
        // whoever asks for more than there are numbers gets no more than anybody else
        "',\"max_tokens\":4611686018427387904,\"n\":2',16000",
        "',\"max_tokens\":9223372036854775807,\"n\":8',16000",
        "',\"max_tokens\":9223367036854775807',16000",
        "',\"max_completion_tokens\":4611686018427387904,\"n\":4',16000",
        "',\"max_tokens\":92233720368547758070',1000",
        "',\"max_tokens\":-5',1000",
        "',\"max_tokens\":0',0",
        "',\"max_tokens\":50,\"n\":-3',50",
        "',\"max_tokens\":50,\"n\":0',50",
        "',\"max_tokens\":50,\"n\":4611686018427387904',400"
    })
    void output_isWhatTheRequestAllows_withinBounds(String fields, long output) throws Exception {
        assertThat(of(fields).output()).isEqualTo(output);
        assertThat(of(fields).input()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({
        "',\"max_tokens\":50,\"n\":3',3,300,150",
        "',\"n\":2',2,200,2000",
        "',\"max_tokens\":16001,\"n\":16',16,1600,256000"
    })
    void answersAskedForOneByOne_reserveTheSumOfSingleOnes(String fields, int times, long input, long output)
            throws Exception {
        byte[] body = ("{\"model\":\"m\"" + fields + "}").getBytes(StandardCharsets.UTF_8);
        Estimate estimate = new Estimate(RequestWalker.walk(body, body.length), 400, false, times);

        assertThat(estimate).isEqualTo(new Estimate(input, output, times));
        assertThat(estimate.once()).isEqualTo(new Estimate(100, output / times, 1));
    }

    @Test
    void countingTokens_reservesNothing() throws Exception {
        byte[] body = "{\"model\":\"m\",\"max_tokens\":50}".getBytes(StandardCharsets.UTF_8);
        Estimate estimate = new Estimate(RequestWalker.walk(body, body.length), 4_000, true, 3);
        assertThat(estimate).isEqualTo(new Estimate(0, 0, 3));
    }
}
