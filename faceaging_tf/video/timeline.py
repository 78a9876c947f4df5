"""The times of a video: files that begin anew, the rate, and when the last frame ends."""

from fractions import Fraction

from faceaging_tf.errors import VideoError

# Frames a second where neither a file nor its times say.
RATE = Fraction(25)
# Seconds by which the times of a stream go back where a file begins anew; and by which they go on,
# in formats whose times may jump.
_BACK, _ON = Fraction(1, 10), 10
# Recordings of a broadcast begin at any time of day, which other players would wait for.
_LATE = 1
# What is missing at the end of a whole file: a frame or two that a container's duration counts and
# a decoder does not give.
_MISSING_SECONDS = 0.25


def packets_in_time(container, video):
    """The packets of the video and of all sound that can be read, in the order of the file.

    Two files put one behind the other are one whose times begin again: there, what follows is moved
    behind what was before, picture and sound by as much. A file that begins late begins at 0.

    Args:
        container: an open `av.container.InputContainer`.
        video: its stream of video.

    Yields:
        `av.Packet`s with their new times; one without content ends each stream.
    """
    sounds = [sound for sound in container.streams.audio if sound.codec_context is not None]
    jumps = times_may_jump(container)
    # The streams of a part do not begin at the same packet: the first says by how much all move.
    offsets, parts, last, steps, ends, earliest = [], {}, {}, {}, {}, {}
    for packet in container.demux(video, *sounds):
        index, shown = packet.stream.index, packet.dts if packet.pts is None else packet.pts
        if shown is None:
            yield packet
            continue
        if not offsets:
            starts = shown * packet.time_base
            if container.start_time is not None:
                starts = Fraction(container.start_time, 1_000_000)
            offsets.append(-starts if starts > _LATE else Fraction(0))
        before, part, newest = last.get(index), parts.get(index, 0), len(offsets) - 1
        # Times of decoding alone follow each other; a whole picture is shown after what was read.
        whole = packet.stream.type == "video" and packet.is_keyframe
        time = shown if packet.dts is None and whole else packet.dts
        seconds = before if time is None else time * packet.time_base
        # It, and what follows another stream, go back by any time; else a few files mix them.
        sure = part < newest or whole
        if before is not None and (
            seconds < before - (0 if sure else _BACK)
            # A picture that stands still while the sound goes on is no jump.
            or (jumps and seconds > (before if part < newest else max(last.values())) + _ON)
        ):
            if part == newest:
                offsets.append(max(ends.values()) - shown * packet.time_base)
            part = parts[index] = len(offsets) - 1
            earliest[index] = ends[index] - packet.time_base
            del last[index]
        elif before is not None and seconds > before:
            steps[index] = seconds - before
        if packet.dts is not None:
            last[index] = seconds
        move = round(offsets[part] / packet.time_base)
        packet.dts = None if packet.dts is None else packet.dts + move
        packet.pts = None if packet.pts is None else packet.pts + move
        if index == video.index and not part and offsets[0] and packet.pts is not None:
            # Times that jitter may begin a little before what their file states.
            packet.pts = max(packet.pts, 0)
        begins = (shown + move) * packet.time_base
        # The sound of a part that begins before its first picture would be heard at once with the
        # end of the part before.
        if index != video.index and begins < earliest.get(index, begins):
            continue
        # A packet that does not say how long it is takes as long as the one before it.
        length = (packet.duration or 0) * packet.time_base or steps.get(index, 0)
        ends[index] = max(ends.get(index, begins), begins + length)
        yield packet


def times_may_jump(container):
    """Whether a container is one that is broadcast, whose times may jump.

    It states no length then: FFmpeg takes the last time for it.
    """
    import av

    return bool(container.format.flags & av.format.Flags.ts_discont.value)


def rate_of(video, count, first, last):
    """Mean frames per second: the file's word where its times agree, else that of its times.

    Args:
        video: a `faceaging_tf.video.reading.Video`.
        count: how many frames it has.
        first, last: times of the first and of the last, whole numbers in its `time_base`.

    Returns:
        A `Fraction`.
    """
    steps, seconds = count - 1, (last - first) * video.time_base
    if not steps or (video.rate and abs(steps / video.rate - seconds) <= 1 / (2 * video.rate)):
        return video.rate or RATE
    return steps / seconds


def end_of(video, count, first, last, end):
    """When the last frame of a video ends, in its `time_base`.

    Args:
        video: a `faceaging_tf.video.reading.Video`.
        count: how many frames were read.
        first, last: times of the first and of the last.
        end: `Frame.end` of the last.

    Raises:
        VideoError: the file ends before the time that it states.
    """
    step = max(round(1 / (rate_of(video, count, first, last) * video.time_base)), 1)
    end = end if end > last else last + step
    held, stated = float((end - first) * video.time_base), video.seconds
    if stated is None or held >= stated - max(_MISSING_SECONDS, 2 * float(step * video.time_base)):
        return end
    if video.frames is None or count < video.frames:
        raise VideoError(
            f"'{video.path}' is cut off: it states {stated:.2f} seconds of video and holds "
            f"{held:.2f}. Copy or download it again."
        )
    # All frames are there: the last one stands for the rest.
    return first + round(stated / video.time_base)
