from rag.search.stages import listening, stage


def test_a_listener_hears_each_stage_with_its_seconds():
    heard = []
    with listening(lambda name, seconds: heard.append((name, seconds >= 0))):
        with stage("encode"):
            pass
        with stage("dense"), stage("fuse"):
            pass
    assert heard == [("encode", True), ("fuse", True), ("dense", True)]


def test_outside_of_listening_nothing_is_heard():
    heard = []
    with listening(lambda name, _: heard.append(name)):
        pass
    with stage("encode"):
        pass
    assert heard == []
