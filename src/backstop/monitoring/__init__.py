"""What a monitoring mission asks of its record: begin, fuse, classify, report, is it holding?"""
