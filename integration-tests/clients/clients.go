// Go's net/http: go run clients.go BASE KEY
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
)

var base, key string

func body(content, script string, stream bool) []byte {
	text, _ := json.Marshal(map[string]any{"model": "gpt-x/" + script, "stream": stream,
		"messages": []any{map[string]any{"role": "user", "content": content}}})
	return text
}

func post(key, kind string, body io.Reader, headers map[string]string) (int, string, bool, error) {
	request, err := http.NewRequest("POST", base+"/v1/chat/completions", body)
	if err != nil {
		return 0, "", false, err
	}
	reused := false
	request = request.WithContext(httptrace.WithClientTrace(request.Context(),
		&httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }}))
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", kind)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", reused, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), reused, err
}

func expect(name string, status int, contains string, key, kind string, body io.Reader, headers map[string]string) {
	got, text, _, err := post(key, kind, body, headers)
	if err != nil || got != status || !strings.Contains(text, contains) {
		fmt.Printf("FAILED go %s: %d %v %.200s\n", name, got, err, text)
		return
	}
	fmt.Println("ok go " + name)
}

func main() {
	base, key = os.Args[1], os.Args[2]
	big := strings.Repeat("x", 10<<20)
	all := 0
	for i := 0; i < 20; i++ {
		status, _, reused, err := post(key, "application/json", bytes.NewReader(body("hello", "echo", false)), nil)
		if status != 200 || err != nil {
			fmt.Printf("FAILED go whole: %d %v\n", status, err)
		}
		if reused {
			all++
		}
	}
	if all == 19 {
		fmt.Println("ok go kept alive")
	} else {
		fmt.Printf("FAILED go kept alive: reused %d of 19\n", all)
	}
	json := "application/json"
	expect("streamed", 200, "data: [DONE]", key, json, bytes.NewReader(body("one two", "echo", true)), nil)
	expect("upload of 10 MiB", 200, "chat.completion", key, json, bytes.NewReader(body(big, "tokens-3", false)), nil)
	expect("chunked upload", 200, "chat.completion", key, json, io.MultiReader(bytes.NewReader(body(big, "tokens-3", false))), nil)
	expect("Expect: 100-continue", 200, "chat.completion", key, json, bytes.NewReader(body(big, "tokens-3", false)),
		map[string]string{"Expect": "100-continue"})
	expect("Expect and 401", 401, "error", "wrong", json, bytes.NewReader(body(big, "echo", false)),
		map[string]string{"Expect": "100-continue"})
	for i := 0; i < 5; i++ {
		expect("early 401", 401, "error", "wrong", json, bytes.NewReader(body(big, "echo", false)), nil)
		expect("early 415", 415, "error", key, "text/plain", bytes.NewReader(body(big, "echo", false)), nil)
	}
	expect("413", 413, "error", key, json, bytes.NewReader(body(strings.Repeat("x", 33<<20), "echo", false)), nil)
}
